"""How long a client may take: the sweep has a clock of ours, so that nothing sleeps; and over sockets, its own."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from typing import Any

import pytest

from zonda.seams import Head, Reply
from zonda.transport.limits import Limits
from zonda.transport.protocol import ZondaProtocol

from .pipelines import NativeApp, asgi, echo, text
from .servers import request, serving
from .wires import Wire, statuses

PATHS = pytest.mark.parametrize("make", [NativeApp, asgi], ids=["native", "asgi"])
GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n"


class Timed(Wire):
    """A connection whose time passes when it is told to."""

    def __init__(self, app: Any, **options: Any) -> None:
        super().__init__(app, **options)
        self.now = 1000.0
        self.sweeper = self.protocol.share.sweeper
        self.sweeper.clock = lambda: self.now
        self.sweeper.now = self.now
        self.protocol.connection_made(self.transport)  # its time begins now

    async def wait(self, seconds: float) -> None:
        """Let time pass, with a sweep each second."""
        for _ in range(int(seconds)):
            self.now += 1
            self.sweeper.sweep()
            await self.settle()


def timed(app: Any, **options: Any) -> Any:
    """A test body runs in a loop with such a connection."""

    def run(body: Any) -> Any:
        async def inside() -> Any:
            wire = Timed(app, **options)
            try:
                return await body(wire)
            finally:
                await wire.hang_up()

        return asyncio.run(inside())

    return run


@PATHS
def test_a_client_that_says_nothing_is_closed_after_ten_seconds(make: Any) -> None:
    """The first byte has ten seconds; a connection that never spoke gets no answer."""

    async def body(wire: Timed) -> tuple[bool, bool, bytes]:
        await wire.wait(10)
        before = wire.transport.is_closed
        await wire.wait(1)
        return before, wire.transport.is_closed, wire.take()

    assert timed(make(echo))(body) == (False, True, b"")


@PATHS
@pytest.mark.parametrize("before", [b"", GET], ids=["first", "second"])
def test_no_byte_of_a_head_buys_time(make: Any, before: bytes) -> None:
    """Ten seconds after its beginning a head that has not ended is answered with 408, however lively it drips."""

    async def body(wire: Timed) -> list[int]:
        if before:
            await wire.talk(before)
        wire.send(b"GET / HTTP/1.1\r\n")
        for _ in range(10):
            await wire.wait(1)
            wire.send(b"a: b\r\n")
            assert not wire.transport.is_closed
        await wire.wait(1)
        assert wire.transport.is_closed
        answer = wire.take()
        assert b"connection: close" in answer
        assert json.loads(answer.rpartition(b"\r\n\r\n")[2]) == {"detail": "Request Timeout"}
        return statuses(answer)

    assert timed(make(echo))(body) == [408]


@PATHS
def test_an_empty_line_buys_no_time(make: Any) -> None:
    """The empty line that may come before a request does not begin the ten seconds anew."""

    async def body(wire: Timed) -> list[int]:
        wire.send(b"\r\n")
        await wire.wait(4)
        wire.send(b"GET / HTTP/1.1\r\n")
        await wire.wait(6)
        assert not wire.transport.is_closed
        await wire.wait(1)
        return statuses(wire.take())

    assert timed(make(echo))(body) == [408]


@PATHS
def test_a_resting_connection_is_closed_after_its_keep_alive(make: Any) -> None:
    """Five seconds after a response, as with Uvicorn, and without an answer."""

    async def body(wire: Timed) -> tuple[bool, bool, bytes]:
        await wire.talk(GET)
        await wire.wait(4)
        before = wire.transport.is_closed
        await wire.wait(1)
        return before, wire.transport.is_closed, wire.take()

    assert timed(make(echo))(body) == (False, True, b"")


@PATHS
@pytest.mark.parametrize("framing", [b"Content-Length: 100000", b"Transfer-Encoding: chunked"])
def test_a_body_that_stalls_is_answered_with_408(make: Any, framing: bytes) -> None:
    """A body has five seconds of grace and then comes at 240 bytes a second, or is not waited for."""

    async def body(wire: Timed) -> list[int]:
        wire.send(b"POST / HTTP/1.1\r\nHost: a\r\n" + framing + b"\r\n\r\n")
        await wire.wait(6)
        assert not wire.transport.is_closed
        await wire.wait(1)
        assert wire.transport.is_closed
        return statuses(wire.take())

    assert timed(make(echo))(body) == [408]


@PATHS
@pytest.mark.parametrize(("size", "is_served"), [(20, False), (230, False), (250, True)])
def test_the_rate_of_a_body_is_what_counts(make: Any, size: int, is_served: bool) -> None:
    """240 bytes a second are enough for as long as it takes; less is not."""

    async def body(wire: Timed) -> bool:
        wire.send(POST)
        for _ in range(300):
            if wire.transport.is_closed:
                return False
            wire.send(b"x" * size)
            await wire.wait(1)
        return True

    assert timed(make(echo))(body) == is_served


def test_a_fast_start_does_not_pay_for_a_long_silence() -> None:
    """However much has come, ten seconds of silence end a body."""

    async def body(wire: Timed) -> list[int]:
        wire.send(POST)
        await wire.wait(1)
        wire.send(b"x" * 90_000)
        await wire.wait(12)
        return statuses(wire.take())

    assert timed(NativeApp(echo))(body) == [408]


def test_time_that_the_application_takes_does_not_count() -> None:
    """Nothing is late while the body is not read, or was not asked for."""

    async def slow(exchange: Any) -> Reply:
        await gate.wait()
        return text(await exchange.body())

    async def body(wire: Timed) -> bool:
        wire.send(POST)
        wire.send(b"x" * 70_000)
        assert not wire.transport.is_reading
        await wire.wait(100)
        return wire.transport.is_closed

    async def expecting(wire: Timed) -> bool:
        wire.send(POST.replace(b"Host: a", b"Host: a\r\nExpect: 100-continue"))
        await wire.wait(100)
        return wire.transport.is_closed

    gate = asyncio.Event()
    assert timed(NativeApp(slow))(body) is False
    gate = asyncio.Event()
    assert timed(NativeApp(slow))(expecting) is False


def test_a_response_under_way_is_not_mixed_with_a_408() -> None:
    """A body that stalls while its response is written ends the connection after the response."""

    async def respond(exchange: Any) -> Reply:
        async def parts() -> Any:
            yield b"begun"
            await gate.wait()
            yield b"done"

        return Reply(Head(200), stream=parts())

    async def body(wire: Timed) -> bytes:
        wire.send(POST)
        await wire.wait(20)
        gate.set()
        await wire.settle()
        assert wire.transport.is_closed
        return wire.take()

    gate = asyncio.Event()
    answer = timed(NativeApp(respond))(body)
    assert statuses(answer) == [200]
    assert answer.endswith(b"done\r\n0\r\n\r\n")


def test_a_client_that_reads_nothing_is_cut_off() -> None:
    """Sixty seconds without one byte taken of what was written, and the connection is cut."""

    async def body(wire: Timed) -> tuple[bool, bool]:
        left = [500_000]
        wire.transport.get_write_buffer_size = lambda: left[0]  # type: ignore[method-assign]
        await wire.talk(GET)
        await wire.wait(50)
        left[0] -= 1
        await wire.wait(60)
        before = wire.transport.is_closed
        await wire.wait(2)
        return before, wire.transport.is_closed

    assert timed(NativeApp(echo), timeout_keep_alive=1000)(body) == (False, True)


def test_a_fault_of_ours_on_one_connection_leaves_the_others_swept(caplog: pytest.LogCaptureFixture) -> None:
    """What goes wrong with one connection closes that one; the deadlines of all others count."""

    class Broken:
        def get_write_buffer_size(self) -> int:
            raise RuntimeError("no such buffer")

    async def body(wire: Timed) -> tuple[bool, bool]:
        other = Wire(NativeApp(echo), state=wire.state)
        other.transport.get_write_buffer_size = Broken().get_write_buffer_size  # type: ignore[method-assign]
        await wire.wait(11)
        return wire.transport.is_closed, other.transport.is_closed

    assert timed(NativeApp(echo))(body) == (True, True)
    assert "Exception in the HTTP protocol" in caplog.messages


def test_each_limit_can_be_switched_off() -> None:
    """Zero is no limit, for the times and the rate."""
    off = Limits(head_timeout=0, body_rate=0, send_timeout=0)

    async def head(wire: Timed) -> bool:
        wire.send(b"GET / HTTP/1.1\r\n")
        await wire.wait(1000)
        return wire.transport.is_closed

    async def upload(wire: Timed) -> bool:
        wire.send(POST)
        await wire.wait(1000)
        return wire.transport.is_closed

    assert timed(NativeApp(echo), limits=off)(head) is False
    assert timed(NativeApp(echo), limits=off)(upload) is False


class Impatient(ZondaProtocol):
    limits = Limits(head_timeout=0.3, body_rate=1e9, body_grace=0.3, send_timeout=0.3)


LATE = {
    "nothing": (b"", []),
    "an empty line": (b"\r\n", []),
    "half a line": (b"GET /", [408]),
    "half a head": (b"GET / HTTP/1.1\r\nHost: a\r\n", [408]),
    "half a second head": (GET + b"GET / HTTP/1.1\r\n", [200, 408]),
    "half a body": (POST + b"x" * 100, [408]),
    "half a chunk": (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nx", [408]),
    "a trailer": (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: y\r\n", [408]),
}


@PATHS
@pytest.mark.parametrize("loop", ["uvloop", "asyncio"])
def test_what_does_not_go_on_is_ended_over_a_socket(make: Any, loop: str) -> None:
    """Wherever a client stops, it is told, where there is something to answer, and the connection closes."""
    with serving(make(echo), http=Impatient, timeout_keep_alive=1, loop=loop) as address:
        for name, (data, expected) in LATE.items():
            assert statuses(request(address, data)) == expected, name


@PATHS
@pytest.mark.parametrize("loop", ["uvloop", "asyncio"])
def test_a_client_that_reads_nothing_is_cut_off_over_a_socket(make: Any, loop: str) -> None:
    """Its stream is closed although the client has not left."""
    is_closed = threading.Event()

    async def respond(exchange: Any) -> Reply:
        async def parts() -> Any:
            try:
                while True:
                    yield b"x" * 65536
            finally:
                is_closed.set()

        return Reply(Head(200), stream=parts())

    with (
        serving(make(respond), http=Impatient, timeout_keep_alive=1, loop=loop) as address,
        socket.create_connection(address) as client,
    ):
        client.sendall(GET)

        assert is_closed.wait(20)
