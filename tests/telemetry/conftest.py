"""This module keeps the environment's telemetry settings out of these tests."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.telemetry.recording import Recording, recording


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith(("OTEL_", "FASTAPI_OTEL_")):
            monkeypatch.delenv(name)


@pytest.fixture
def recorded() -> Iterator[Recording]:
    with recording() as made:
        yield made


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"
