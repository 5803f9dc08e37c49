"""This module is the application under soak: each endpoint is of another kind, and each answer can be computed."""

from __future__ import annotations

import asyncio
import gc
import hashlib
import threading
from collections.abc import AsyncIterator
from typing import Annotated, Any

from pydantic import BaseModel

from zonda import Depends, Request, UploadFile, WebSocket, WebSocketDisconnect, Zonda
from zonda.responses import StreamingResponse
from zonda.sse import EventSourceResponse

BLOCK = bytes(range(256)) * 256
EVENTS = 5

app = Zonda()
open_dependencies = 0


class Order(BaseModel):
    name: str
    amounts: list[int]


async def connection() -> AsyncIterator[str]:
    global open_dependencies
    open_dependencies += 1
    try:
        await asyncio.sleep(0)
        yield "connection"
    finally:
        open_dependencies -= 1


Connection = Annotated[str, Depends(connection)]


@app.get("/items/{item_id}")
async def read_item(item_id: int, connection: Connection) -> int:
    return item_id


@app.get("/thread/{item_id}")
def read_in_thread(item_id: int) -> int:
    return item_id


@app.post("/orders")
async def order(order: Order) -> Order:
    return order


@app.post("/upload")
async def upload(file: UploadFile) -> dict[str, Any]:
    digest = hashlib.sha256()
    while piece := await file.read(1 << 16):
        digest.update(piece)
    return {"digest": digest.hexdigest()}


@app.post("/raw")
async def take_raw(request: Request) -> dict[str, Any]:
    digest = hashlib.sha256()
    async for piece in request.stream():
        digest.update(piece)
    return {"digest": digest.hexdigest()}


@app.get("/blocks/{count}")
async def blocks(count: int, connection: Connection) -> StreamingResponse:
    async def parts() -> AsyncIterator[bytes]:
        for _ in range(count):
            yield BLOCK

    return StreamingResponse(parts())


@app.get("/events", response_class=EventSourceResponse)
async def events(connection: Connection) -> AsyncIterator[int]:
    for number in range(EVENTS):
        yield number
        await asyncio.sleep(0.01)


@app.websocket("/echo")
async def echo(websocket: WebSocket, connection: Connection) -> None:
    await websocket.accept()
    try:
        while True:
            await websocket.send_text(await websocket.receive_text())
    except WebSocketDisconnect:
        return


@app.get("/held")
async def held() -> dict[str, int]:
    """What is held at this moment."""
    return {
        "tasks": len(asyncio.all_tasks()),
        "timers": sum(type(held).__name__ == "TimerHandle" and not held.cancelled() for held in gc.get_objects()),
        "threads": threading.active_count(),
        "dependencies": open_dependencies,
    }
