"""This module runs the asynchronous tests beside it on asyncio."""

import pytest


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"
