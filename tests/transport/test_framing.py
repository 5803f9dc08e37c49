"""What the protocol refuses to read, because another reader could read it otherwise."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest

from zonda.seams import Reply

from .framing_cases import ACCEPTED, REFUSED, Accepted, Case
from .pipelines import NativeApp, asgi, echo, text
from .servers import serving
from .wires import Wire, converse, statuses

GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"

LAST = b"GET /last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
PATHS = pytest.mark.parametrize("make", [NativeApp, asgi], ids=["native", "asgi"])


@pytest.fixture(scope="module", params=[NativeApp, asgi], ids=["native", "asgi"])
def address(request: pytest.FixtureRequest) -> Iterator[tuple[str, int]]:
    with serving(request.param(echo)) as address:
        yield address


def answer_to(address: tuple[str, int], data: bytes) -> bytes:
    """All that the server says to `data` before it closes; a reset after the answer loses nothing of it."""
    answer = b""
    with socket.create_connection(address, timeout=10) as client:
        with contextlib.suppress(OSError):
            client.sendall(data)
        with contextlib.suppress(ConnectionResetError):
            while chunk := client.recv(65536):
                answer += chunk
    return answer


@pytest.mark.parametrize("case", REFUSED, ids=str)
def test_what_is_ambiguous_is_refused(case: Case, address: tuple[str, int]) -> None:
    """Over a socket, on both paths: one clear status, and then the connection closes; what follows is not read."""
    answer = answer_to(address, case.data + LAST)

    assert statuses(answer) == list(case.statuses), case.rule
    assert b"/last" not in answer


@PATHS
@pytest.mark.parametrize("case", REFUSED, ids=str)
def test_a_refusal_is_one_line_in_the_log(make: Any, case: Case, caplog: pytest.LogCaptureFixture) -> None:
    """What a client does wrong never fills the log, is never a traceback, and never controls a terminal."""
    answer, is_closed = converse(make(echo), case.data, GET)

    assert statuses(answer) == list(case.statuses), case.rule
    assert is_closed
    (line,) = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert line.getMessage().isprintable()
    assert not [record for record in caplog.records if record.exc_info]


@PATHS
def test_refusals_do_not_depend_on_how_the_bytes_are_cut(make: Any) -> None:
    """Cut at every byte, and in single bytes, what is refused in one piece is refused."""

    async def run() -> None:
        for case in (case for case in REFUSED if len(case.data) < 300):
            for cut in range(1, len(case.data)):
                answer = await Wire(make(echo)).talk(case.data[:cut], case.data[cut:], GET)
                assert statuses(answer) == list(case.statuses), (case.name, cut)
            assert statuses(await bytewise(Wire(make(echo)), case.data + GET)) == list(case.statuses), case.name

    asyncio.run(run())


async def bytewise(wire: Wire, data: bytes) -> bytes:
    for index in range(len(data)):
        wire.send(data[index : index + 1])
    await wire.settle()
    return wire.take()


@pytest.mark.parametrize("case", REFUSED, ids=str)
def test_a_refusal_does_not_overtake_the_responses_before_it(case: Case) -> None:
    """A bad pipelined request is answered after those before it, and then the connection closes."""

    async def run() -> tuple[bytes, bytes, bool]:
        gate = asyncio.Event()

        async def respond(exchange: Any) -> Reply:
            await gate.wait()
            return text(await exchange.body())

        wire = Wire(NativeApp(respond))
        before = await wire.talk(GET + GET + case.data)
        gate.set()
        await wire.settle()
        return before, wire.take(), wire.transport.is_closed

    before, answer, is_closed = asyncio.run(run())
    assert before == b""
    assert statuses(answer) == [200, 200, *case.statuses], case.rule
    assert is_closed


def readings(answer: bytes) -> tuple[tuple[bytes, bytes, bytes, bytes], ...]:
    """What `echo` says it has read: method, path, query and body of each request."""
    found = []
    for part in answer.split(b"HTTP/1.1 200 OK\r\n")[1:]:
        method, path, query, rest = part.partition(b"\r\n\r\n")[2].split(b"\n", 3)
        found.append((method, path, query, rest.partition(b"\x00")[2]))
    return tuple(found)


@pytest.mark.parametrize("case", ACCEPTED, ids=str)
def test_what_is_clear_is_read(case: Accepted, address: tuple[str, int]) -> None:
    """Over a socket, on both paths: every request is read as its sender means it, and no more than those."""
    answer = answer_to(address, case.data + LAST)

    found = readings(answer)
    assert found[: len(case.requests)] == case.requests, case.rule
    assert b"/evil" not in [path for _, path, _, _ in found]


@PATHS
def test_what_is_clear_is_read_however_it_is_cut(make: Any) -> None:
    """Cut at every byte, and in single bytes, the requests are the same."""

    async def run() -> None:
        for case in ACCEPTED:
            whole = await Wire(make(echo)).talk(case.data)
            assert readings(whole) == case.requests, case.name
            for cut in range(1, len(case.data)):
                assert await Wire(make(echo)).talk(case.data[:cut], case.data[cut:]) == whole, (case.name, cut)
            assert await bytewise(Wire(make(echo)), case.data) == whole, case.name

    asyncio.run(run())


STREAM = (
    b"GET /one?a=%20b HTTP/1.1\r\nHost: a\r\nX-Long: some value\r\n\r\n"
    b"POST /two HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"
    b"POST /three HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\nX-T: 1\r\n\r\n"
    b"POST /four HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: h2c\r\nContent-Length: 2\r\n\r\nok"
    b"GET /five HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
)


@pytest.mark.parametrize("make", [NativeApp, asgi])
def test_a_stream_reads_the_same_however_it_is_cut(make: Any) -> None:
    """Cut at every byte, or into single bytes, a stream of requests gives the same answers as in one piece."""

    async def run() -> None:
        whole = await Wire(make(echo)).talk(STREAM)
        assert statuses(whole) == [200] * 5
        for cut in range(1, len(STREAM)):
            assert await Wire(make(echo)).talk(STREAM[:cut], STREAM[cut:]) == whole, cut
        wire = Wire(make(echo))
        for index in range(len(STREAM)):
            wire.send(STREAM[index : index + 1])
        await wire.settle()
        assert wire.take() == whole

    asyncio.run(run())


def test_native_and_asgi_read_a_stream_alike() -> None:
    """Both paths see the same requests in the same bytes."""
    assert converse(NativeApp(echo), STREAM) == converse(asgi(echo), STREAM)


def test_trailers_never_become_headers() -> None:
    """Fields after a chunked body are dropped: a proxy has not looked at them."""
    answer, _ = converse(
        NativeApp(echo),
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nAuthorization: evil\r\n\r\n",
        GET,
    )

    assert statuses(answer) == [200, 200]
    assert b"evil" not in answer


def test_a_head_may_come_in_many_pieces_up_to_the_limit() -> None:
    """A long head within the limit is served; one that grows past it is refused before it ends."""
    field = b"X: " + b"y" * 995 + b"\r\n"

    good, _ = converse(NativeApp(echo), b"GET / HTTP/1.1\r\nHost: a\r\n", *[field] * 60, b"\r\n")
    bad, is_closed = converse(NativeApp(echo), b"GET / HTTP/1.1\r\nHost: a\r\n", *[field] * 70)
    value, _ = converse(NativeApp(echo), b"GET / HTTP/1.1\r\nHost: a\r\nX: ", *[b"y" * 1000] * 70)

    assert statuses(good) == [200]
    assert statuses(bad) == [431]
    assert statuses(value) == [431]
    assert is_closed


async def ends_quietly(scope: Any, receive: Any, send: Any) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


@pytest.mark.parametrize("app", [NativeApp(echo), ends_quietly], ids=["native", "asgi"])
def test_a_body_that_makes_no_sense_ends_the_connection(app: Any) -> None:
    """A malformed chunk is no end of a body: the request gets a 400 and the connection closes."""
    answer, is_closed = converse(
        app, b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n", b"nonsense\r\n"
    )

    assert statuses(answer) == [400]
    assert is_closed


def test_the_target_says_whose_resource_it_is() -> None:
    """RFC 9112, 3.2.2: with a target in absolute form, the authority in it replaces what Host says."""
    answer, _ = converse(NativeApp(echo), b"GET http://b/x?y=1 HTTP/1.1\r\nHost: a\r\n\r\n")

    assert b"GET\n/x\ny=1\nhost=b" in answer


def test_space_around_a_value_is_no_part_of_it() -> None:
    """RFC 9110, 5.5: optional white space before and after a field value is left out."""
    answer, _ = converse(NativeApp(echo), b"GET / HTTP/1.1\r\nHost: a \r\nX: \t b c\t \r\n\r\n")

    assert b"\nhost=a\nx=b c\n" in answer


@PATHS
def test_a_large_chunked_body_in_tiny_chunks_is_read_in_linear_time(make: Any) -> None:
    """A hundred thousand chunks of one byte are read, and no single piece of them blocks the loop for long."""
    longest = 0.0

    async def run() -> bytes:
        nonlocal longest
        wire = Wire(make(echo))
        wire.send(b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
        for _ in range(10):
            began = time.perf_counter()
            wire.send(b"1\r\nx\r\n" * 10_000)
            longest = max(longest, time.perf_counter() - began)
        return await wire.talk(b"0\r\n\r\n")

    answer = asyncio.run(run())
    assert answer.endswith(b"x" * 100_000)
    assert longest < 0.1
