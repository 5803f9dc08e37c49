"""This module chooses the event loop for asynchronous tests."""

import pytest


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"
