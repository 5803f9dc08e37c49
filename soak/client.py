"""This module is a client that can do everything wrong: one connection, and what is sent and read on it."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

SECONDS = 60.0
NO_LINGER = struct.pack("ii", 1, 0)


class Client:
    """One connection to the server under soak."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def send(self, *pieces: bytes, pause: float = 0.0) -> None:
        for piece in pieces:
            self.writer.write(piece)
            await self.writer.drain()
            if pause:
                await asyncio.sleep(pause)

    async def head(self) -> tuple[int, dict[str, str]]:
        """Status and fields of the next response."""
        lines = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        fields = (line.partition(": ") for line in lines[1:] if line)
        return int(lines[0].split(" ")[1]), {name.lower(): value for name, _, value in fields}

    async def pieces(self, fields: dict[str, str], *, pause: float = 0.0) -> AsyncIterator[bytes]:
        """The body of a response as it comes."""
        if "content-length" in fields:
            left = int(fields["content-length"])
            while left:
                piece = await self.reader.read(min(left, 1 << 16))
                if not piece:
                    raise EOFError
                left -= len(piece)
                yield piece
            return
        while size := int((await self.reader.readline()).strip(), 16):
            yield (await self.reader.readexactly(size + 2))[:-2]
            await asyncio.sleep(pause)
        await self.reader.readline()

    async def answer(self, *, pause: float = 0.0) -> tuple[int, bytes]:
        status, fields = await self.head()
        return status, b"".join([piece async for piece in self.pieces(fields, pause=pause)])

    def reset(self) -> None:
        """Leave with RST."""
        sock: socket.socket = self.writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_LINGER)
        self.writer.transport.abort()


@asynccontextmanager
async def connected(port: int) -> AsyncIterator[Client]:
    reader, writer = await asyncio.wait_for(asyncio.open_connection("127.0.0.1", port), SECONDS)
    try:
        async with asyncio.timeout(SECONDS):
            yield Client(reader, writer)
    finally:
        writer.close()


def get(path: str, more: str = "") -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: soak\r\n{more}\r\n".encode()


def post(path: str, body: bytes, kind: str = "application/json") -> bytes:
    fields = f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
    return f"POST {path} HTTP/1.1\r\nHost: soak\r\n{fields}\r\n".encode() + body
