"""This module makes exchanges that are given their request in a line."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from zonda.transport.exchange import HttpExchange


def exchange_with(
    *, body: bytes = b"", headers: Iterable[tuple[bytes, bytes]] = (), error: Exception | None = None
) -> HttpExchange:
    """An exchange whose body is `body`, or breaks off with `error`."""

    async def receive() -> dict[str, Any]:
        if error is not None:
            raise error
        return {"type": "http.request", "body": body}

    async def send(message: Any) -> None:
        raise AssertionError(f"Nothing is to be sent here, but {message} was")

    scope = {"type": "http", "method": "POST", "path": "/", "query_string": b"", "headers": list(headers)}
    return HttpExchange(scope, receive, send)
