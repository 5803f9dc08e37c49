"""Websockets: what was opened for one is left once, however it ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any, Literal

import pytest

from zonda import Depends, WebSocket, Zonda
from zonda.transport.exchange import WebSocketExchange

OPENING = {"type": "websocket", "path": "/", "headers": [], "query_string": b"", "subprotocols": []}


@pytest.mark.parametrize("scope", ["function", "request"])
@pytest.mark.parametrize("end", ["returns", "raises", "is cancelled", "is refused"])
def test_a_connection_is_finished_once(
    end: str, scope: Literal["function", "request"], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The function returns or fails, or its task is cancelled: exits run once, and `finish` is called once."""
    left: list[str] = []
    finished: list[BaseException | None] = []
    is_open = asyncio.Event()

    async def room() -> AsyncIterator[None]:
        try:
            yield
        finally:
            left.append("room")

    app = Zonda()

    @app.websocket("/", dependencies=[Depends(room, scope=scope)])
    async def talk(websocket: WebSocket, needed: int = 0) -> None:
        await websocket.accept()
        is_open.set()
        if end == "raises":
            raise ValueError("broken")
        if end == "is cancelled":
            await asyncio.Event().wait()

    finish = WebSocketExchange.finish

    async def noting(connection: WebSocketExchange, error: BaseException | None = None) -> None:
        finished.append(error)
        await finish(connection, error)

    monkeypatch.setattr(WebSocketExchange, "finish", noting)

    async def receive() -> Any:
        return {"type": "websocket.connect"}

    async def send(message: Any) -> None:
        pass

    async def main() -> None:
        query = b"needed=none" if end == "is refused" else b""
        task = asyncio.create_task(app({**OPENING, "query_string": query}, receive, send))
        if end == "is cancelled":
            await is_open.wait()
            task.cancel()
        await asyncio.wait([task])
        assert task.cancelled() == (end == "is cancelled")
        assert end == "is cancelled" or isinstance(task.exception(), ValueError) == (end == "raises")

    asyncio.run(main())
    assert left == ["room"]
    assert len(finished) == 1
    assert (finished[0] is None) == (end == "returns")
