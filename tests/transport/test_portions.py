"""What one connection sends in abundance is read in portions: other connections have their turn in between."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from zonda.seams import Reply
from zonda.transport import portions
from zonda.transport.portions import Portions

from .pipelines import NativeApp, asgi, echo, text
from .servers import request, serving
from .wires import Wire

PATHS = pytest.mark.parametrize("make", [NativeApp, asgi], ids=["native", "asgi"])
CHUNKED = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"


class Socket:
    is_held = False

    def hold(self) -> None:
        self.is_held = True

    def release(self) -> None:
        self.is_held = False


@pytest.fixture
def slow_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock by which everything takes too long."""

    class Clock:
        seconds = 0.0

        def perf_counter(self) -> float:
            self.seconds += 1
            return self.seconds

    monkeypatch.setattr(portions, "time", Clock())


@pytest.mark.usefixtures("slow_clock")
def test_others_have_their_turn_between_portions() -> None:
    """However much came at once, nothing of it is lost or changes places, and the loop turns in between."""
    sent = bytes(range(256)) * 1024
    seen: list[bytes] = []

    async def run() -> int:
        loop = asyncio.get_running_loop()
        turns = 0
        reading = Portions(loop, seen.append, lambda: False)
        reading.held = Socket()
        reading.take(sent)
        assert reading.held.is_held
        while reading.rest:
            turns += 1
            await asyncio.sleep(0)
        assert not reading.held.is_held
        return turns

    turns = asyncio.run(run())

    assert b"".join(seen) == sent
    assert turns >= len(seen) - 1
    assert max(map(len, seen)) <= 16 * 1024


def test_nothing_is_read_for_a_reader_that_is_full() -> None:
    """The rest waits, the socket is left alone, and reading goes on when somebody says so."""
    seen: list[bytes] = []

    async def run() -> None:
        is_full = True
        socket = Socket()
        reading = Portions(asyncio.get_running_loop(), seen.append, lambda: is_full)
        reading.held = socket
        reading.take(b"x" * 100_000)
        await asyncio.sleep(0)
        assert len(seen) == 1
        assert socket.is_held
        is_full = False
        reading.go_on()

    asyncio.run(run())

    assert len(b"".join(seen)) == 100_000


@PATHS
@pytest.mark.usefixtures("slow_clock")
def test_a_flood_of_chunks_is_read_between_other_requests(make: Any) -> None:
    """While a quarter of a megabyte of chunks of one byte is read, another connection is answered."""

    async def run() -> tuple[bool, bytes]:
        flood, other = Wire(make(echo)), Wire(make(echo))
        flood.send(CHUNKED)
        flood.send(b"1\r\nx\r\n" * 40_000 + b"0\r\n\r\n")
        other.send(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        for _ in range(6):
            await asyncio.sleep(0)
        is_first = bool(other.take()) and not flood.transport.is_reading
        for _ in range(40):
            await asyncio.sleep(0)
        return is_first, flood.take()

    is_first, answer = asyncio.run(run())

    assert is_first
    assert answer.endswith(b"x" * 40_000)


@PATHS
def test_a_flood_of_requests_waits_as_bytes(make: Any) -> None:
    """Behind a slow request, only a few of thousands are made; all are answered in order, bodies included."""
    most = 0
    asked = [b"POST /%d HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc" % number for number in range(5000)]

    async def run() -> bytes:
        nonlocal most
        gate = asyncio.Event()

        async def respond(exchange: Any) -> Reply:
            await gate.wait()
            return text(f"{exchange.path} {(await exchange.body()).decode()};")

        wire = Wire(make(respond))
        wire.send(b"".join(asked))
        await wire.settle()
        most = len(wire.protocol.waiting)
        gate.set()
        await wire.settle()
        return wire.take()

    answer = asyncio.run(run())

    bodies = [part.rpartition(b"\r\n\r\n")[2] for part in answer.split(b"HTTP/1.1 ")[1:]]
    assert bodies == [b"/%d abc;" % number for number in range(5000)]
    assert most < 1000


@pytest.mark.parametrize("loop", ["asyncio", "uvloop"])
@PATHS
def test_thousands_of_bodies_in_one_write(make: Any, loop: str) -> None:
    """Over a socket: heads and bodies that are cut anywhere are read in order to the last one."""

    async def respond(exchange: Any) -> Reply:
        return text(f"{len(await exchange.body())};")

    body = b"x" * 100
    one = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n" + body
    last = b"POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
    with serving(make(respond), loop=loop) as address:
        answer = request(address, one * 2000 + last)

    assert answer.count(b"\r\n\r\n100;") == 2000
    assert answer.endswith(b"\r\n\r\n0;")


def test_a_body_in_tiny_pieces_takes_no_more_memory_than_it_has() -> None:
    """Two bytes in each packet are kept as few long pieces, not as many objects."""

    async def run() -> tuple[int, bytes]:
        gate = asyncio.Event()

        async def respond(exchange: Any) -> Reply:
            await gate.wait()
            return text(str(len(await exchange.body())))

        wire = Wire(NativeApp(respond))
        wire.send(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 20000\r\n\r\n")
        for _ in range(10_000):
            wire.send(b"xx")
        pieces = len(wire.protocol.current._chunks)
        gate.set()
        await wire.settle()
        return pieces, wire.take()

    pieces, answer = asyncio.run(run())

    assert pieces <= 20_000 // 2048 + 1
    assert answer.endswith(b"20000")
