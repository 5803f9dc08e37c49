"""This module makes connections that carry credentials, and chooses the event loop for asynchronous tests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from starlette.requests import HTTPConnection

Connect = Callable[..., HTTPConnection]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(params=["http", "websocket"])
def connect(request: pytest.FixtureRequest) -> Connect:
    """Make a request or a websocket; a scheme reads both."""

    def make(authorization: str | None = None, query: str = "", **headers: str) -> HTTPConnection:
        if authorization is not None:
            headers["authorization"] = authorization
        raw = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
        scope: dict[str, Any] = {
            "type": request.param,
            "path": "/",
            "query_string": query.encode(),
            "headers": raw,
        }
        return HTTPConnection(scope)

    return make
