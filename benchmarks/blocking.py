"""This module measures how long the event loop stands still for one request with a large body.

    python -m benchmarks.blocking            the bodies that the limits allow, and smaller ones
    python -m benchmarks.blocking 1 32       of so many MiB

A body comes in pieces, as from a socket, and the loop is looked at between them. Best of three.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from typing import Any

import uvicorn
from pydantic import BaseModel
from uvicorn.server import ServerState

from benchmarks.steps import ForgettingTransport
from zonda import Zonda
from zonda.transport.protocol import ZondaProtocol

_MIB = 1024 * 1024
_PIECE = 256 * 1024
_ROUNDS = 3


class Item(BaseModel):
    id: int
    name: str
    price: float


def application() -> Zonda:
    app = Zonda()

    @app.post("/text")
    async def text(body: dict[str, str]) -> int:
        return len(body)

    @app.post("/numbers")
    async def numbers(body: list[int]) -> int:
        return len(body)

    @app.post("/objects")
    async def objects(body: list[dict[str, Any]]) -> int:
        return len(body)

    @app.post("/models")
    async def models(body: list[Item]) -> int:
        return len(body)

    @app.post("/wrong")
    async def wrong(body: list[int]) -> int:
        return len(body)

    return app


def repeated(value: Any, size: int) -> bytes:
    text = json.dumps(value).encode()
    return b"[" + b",".join([text] * ((size - 1) // (len(text) + 1))) + b"]"


BODIES = {
    "text": lambda size: json.dumps({"text": "x" * (size - 12)}).encode(),
    "numbers": lambda size: repeated(1234567, size),
    "objects": lambda size: repeated({"id": 1, "name": "some name", "price": 9.5}, size),
    "models": lambda size: repeated({"id": 1, "name": "some name", "price": 9.5}, size),
    "wrong": lambda size: repeated("x", size),
}


async def longest_stop(app: Zonda, name: str, body: bytes) -> float:
    """The longest time in which nothing else could run while this request was answered."""
    config = uvicorn.Config(app, http=ZondaProtocol, access_log=False, log_level="error")
    config.load()
    state = ServerState()
    protocol = ZondaProtocol(config, state, {})
    protocol.connection_made(ForgettingTransport())
    longest, before = 0.0, time.perf_counter()

    async def look() -> None:
        nonlocal longest, before
        await asyncio.sleep(0)
        now = time.perf_counter()
        longest, before = max(longest, now - before), now

    head = f"POST /{name} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    protocol.data_received(head.encode())
    for start in range(0, len(body), _PIECE):
        protocol.data_received(body[start : start + _PIECE])
        await look()
    while not state.total_requests:
        await look()
    return longest


def main(sizes: list[float]) -> None:
    import uvloop

    app = application()
    print("body      " + "".join(f"{size:>8g} MiB" for size in sizes))
    for name, make in BODIES.items():
        cells = []
        for size in sizes:
            body = make(int(size * _MIB))
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                best = min(runner.run(longest_stop(app, name, body)) for _ in range(_ROUNDS))
            cells.append(f"{1000 * best:9.0f} ms")
        print(f"{name:10}" + "".join(cells), flush=True)


if __name__ == "__main__":
    main([float(size) for size in sys.argv[1:]] or [1, 4, 32])
