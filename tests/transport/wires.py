"""This module talks to a protocol class over a wire in memory: bytes in, bytes out."""

from __future__ import annotations

import asyncio
from typing import Any

import uvicorn
from uvicorn.server import ServerState

from zonda.transport.protocol import ZondaProtocol


class MemoryTransport(asyncio.Transport):
    def __init__(self, loop: asyncio.AbstractEventLoop, client: tuple[str, int]) -> None:
        super().__init__({"peername": client, "sockname": ("127.0.0.1", 80)})
        self.loop = loop
        self.written = bytearray()
        self.writes: list[bytes] = []
        self.protocol: Any = None
        self.is_closed = False
        self.closed = asyncio.Event()
        self.is_reading = True

    def write(self, data: bytes | bytearray | memoryview) -> None:
        assert not self.is_closed, "written after the connection was closed"
        self.writes.append(bytes(data))
        self.written += data

    def is_closing(self) -> bool:
        return self.is_closed

    def close(self) -> None:
        if not self.is_closed:
            self.is_closed = True
            self.closed.set()
            self.loop.call_soon(self.protocol.connection_lost, None)

    def abort(self) -> None:
        self.close()

    def can_write_eof(self) -> bool:
        return False

    def get_write_buffer_size(self) -> int:
        return 0

    def pause_reading(self) -> None:
        self.is_reading = False

    def resume_reading(self) -> None:
        self.is_reading = True

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        self.protocol = protocol


class Wire:
    """One connection to a protocol, inside a running loop."""

    def __init__(
        self,
        app: Any,
        protocol: type[asyncio.Protocol] = ZondaProtocol,
        client: tuple[str, int] = ("127.0.0.1", 5000),
        state: ServerState | None = None,
        app_state: dict[str, Any] | None = None,
        limits: Any = None,
        **options: Any,
    ) -> None:
        loop = asyncio.get_running_loop()
        options = {"log_config": None, "lifespan": "off", "server_header": False, "date_header": False, **options}
        self.config = uvicorn.Config(app, **options)
        self.config.load()
        self.config.limits = limits  # type: ignore[attr-defined]
        self.state = state or ServerState()
        self.transport = MemoryTransport(loop, client)
        self.protocol: Any = protocol(  # type: ignore[call-arg]
            config=self.config, server_state=self.state, app_state=app_state or {}, _loop=loop
        )
        self.transport.protocol = self.protocol
        self.protocol.connection_made(self.transport)

    def send(self, data: bytes) -> None:
        if not self.transport.is_closed:
            self.transport.protocol.data_received(data)

    async def settle(self) -> None:
        """Let everything run that can run now: go on until nothing is written any more."""
        written, turns = -1, 0
        while turns < 30 or written != len(self.transport.writes):
            written, turns = len(self.transport.writes), turns + 1
            for _ in range(4):
                await asyncio.sleep(0)

    async def talk(self, *pieces: bytes) -> bytes:
        for piece in pieces:
            self.send(piece)
            await self.settle()
        return self.take()

    def take(self) -> bytes:
        data = bytes(self.transport.written)
        self.transport.written.clear()
        return data

    async def hang_up(self) -> None:
        """The client leaves."""
        if not self.transport.is_closed:
            self.transport.is_closed = True
            self.transport.protocol.connection_lost(None)
        await self.settle()


def converse(app: Any, *pieces: bytes, **options: Any) -> tuple[bytes, bool]:
    """What one connection answers to these pieces, and whether it was closed then."""

    async def run() -> tuple[bytes, bool]:
        wire = Wire(app, **options)
        answer = await wire.talk(*pieces)
        is_closed = wire.transport.is_closed
        await wire.hang_up()
        return answer, is_closed

    return asyncio.run(run())


def statuses(answer: bytes) -> list[int]:
    """The statuses of the responses in a stream of bytes."""
    return [int(part[:3]) for part in answer.split(b"HTTP/1.1 ")[1:]]
