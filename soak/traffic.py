"""This module holds what clients do: each visit raises for a wrong answer; those that leave early expect none."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import os
import random
import struct
from collections.abc import Awaitable, Callable

from soak.application import BLOCK, EVENTS
from soak.client import connected, get, post

ORDER = json.dumps({"name": "cup", "amounts": [1, 2, 3]}, separators=(",", ":")).encode()
TRANSFER = 100 * 1024 * 1024

Visit = Callable[[int], Awaitable[None]]


class WrongAnswerError(Exception):
    """The server answered something else than it was asked."""


def expect(found: object, wanted: object) -> None:
    if found != wanted:
        raise WrongAnswerError(f"{str(found)[:200]} instead of {str(wanted)[:200]}")


async def kept(port: int) -> None:
    """Twenty requests on one connection."""
    async with connected(port) as client:
        for number in range(20):
            await client.send(get(f"/items/{number}"))
            expect(await client.answer(), (200, b"%d" % number))


async def single(port: int) -> None:
    """One request, and the connection is closed."""
    async with connected(port) as client:
        await client.send(get("/thread/7", "Connection: close\r\n"))
        expect(await client.answer(), (200, b"7"))


async def pipelined(port: int) -> None:
    """Thirty requests in one write, answered in order."""
    async with connected(port) as client:
        await client.send(b"".join(get(f"/items/{number}") for number in range(30)))
        for number in range(30):
            expect(await client.answer(), (200, b"%d" % number))


async def bodies(port: int) -> None:
    """JSON that fits, JSON that does not, and a path that is not there."""
    async with connected(port) as client:
        await client.send(post("/orders", ORDER))
        expect(await client.answer(), (200, ORDER))
        await client.send(post("/orders", b'{"name": 1}'))
        expect((await client.answer())[0], 422)
        await client.send(get("/nowhere"))
        expect((await client.answer())[0], 404)


async def uploads(port: int) -> None:
    """A file of a few hundred kilobytes."""
    content = os.urandom(300_000)
    start = b'--b\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\n'
    async with connected(port) as client:
        await client.send(post("/upload", start + content + b"\r\n--b--\r\n", "multipart/form-data; boundary=b"))
        status, answer = await client.answer()
        expect((status, json.loads(answer)["digest"]), (200, hashlib.sha256(content).hexdigest()))


async def streams(port: int) -> None:
    """A stream that is read to its end, and events."""
    async with connected(port) as client:
        await client.send(get("/blocks/10"))
        expect(await client.answer(), (200, BLOCK * 10))
        await client.send(get("/events"))
        status, content = await client.answer()
        expect((status, content.count(b"data: ")), (200, EVENTS))


async def websockets(port: int) -> None:
    """Ten messages, and a proper close."""
    key = base64.b64encode(os.urandom(16)).decode()
    fields = f"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n"
    async with connected(port) as client:
        await client.send(get("/echo", fields))
        expect((await client.head())[0], 101)
        for _ in range(10):
            await client.send(b"\x81\x85\x00\x00\x00\x00hello")
            expect(await client.reader.readexactly(7), b"\x81\x05hello")
        await client.send(b"\x88\x82\x00\x00\x00\x00" + struct.pack("!H", 1000))
        expect((await client.reader.readexactly(4))[2:], struct.pack("!H", 1000))


async def slow_head(port: int) -> None:
    """A head that drips in, well within its time."""
    async with connected(port) as client:
        head = get("/items/5")
        await client.send(*(head[at : at + 5] for at in range(0, len(head), 5)), pause=0.05)
        expect(await client.answer(), (200, b"5"))


async def slow_reader(port: int) -> None:
    """A stream that is read in small sips."""
    async with connected(port) as client:
        await client.send(get("/blocks/30"))
        expect(await client.answer(pause=0.02), (200, BLOCK * 30))


STAGES = (
    b"GET /items/1 HT",
    post("/orders", ORDER)[:-5],
    post("/raw", BLOCK)[:-1000],
    get("/items/1"),
    get("/blocks/400"),
    get("/events"),
    get("/thread/1") * 20,
)
"""What was sent when the client leaves: half a head, half a body, a whole request with all of its answer to come."""


async def leaving(port: int) -> None:
    """A client that leaves, with FIN or RST, at one of the stages."""
    async with connected(port) as client:
        await client.send(random.choice(STAGES))
        await asyncio.sleep(random.choice((0.0, 0.001, 0.02)))
        if random.random() < 0.5:
            client.reset()


VISITS: tuple[Visit, ...] = (
    kept, single, pipelined, bodies, uploads, streams, websockets, slow_head, slow_reader, leaving, leaving, leaving,
)  # fmt: skip


async def transfer_down(port: int) -> None:
    """100 MB that come byte for byte."""
    digest = hashlib.sha256()
    wanted = hashlib.sha256(BLOCK * (TRANSFER // len(BLOCK))).digest()
    async with connected(port) as client:
        await client.send(get(f"/blocks/{TRANSFER // len(BLOCK)}"))
        _, fields = await client.head()
        async for piece in client.pieces(fields):
            digest.update(piece)
    expect(digest.digest(), wanted)


async def transfer_up(port: int) -> None:
    """100 MB that arrive byte for byte, in chunks."""
    wanted = hashlib.sha256(BLOCK * (TRANSFER // len(BLOCK))).hexdigest()
    async with connected(port) as client:
        await client.send(b"POST /raw HTTP/1.1\r\nHost: soak\r\nTransfer-Encoding: chunked\r\n\r\n")
        for _ in range(TRANSFER // len(BLOCK)):
            await client.send(b"%x\r\n" % len(BLOCK), BLOCK, b"\r\n")
        await client.send(b"0\r\n\r\n")
        status, answer = await client.answer()
    expect((status, json.loads(answer)["digest"]), (200, wanted))
