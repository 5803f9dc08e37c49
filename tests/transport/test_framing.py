"""What the protocol refuses to read, because another reader could read it otherwise."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest

from zonda.seams import Reply

from .pipelines import NativeApp, asgi, echo, text
from .wires import Wire, converse, statuses

GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"

REFUSED = {
    "no Host": (b"GET / HTTP/1.1\r\n\r\n", 400),
    "two Hosts": (b"GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400),
    "Host with a path": (b"GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400),
    "Host with a query": (b"GET / HTTP/1.1\r\nHost: a?b\r\n\r\n", 400),
    "Host with a user": (b"GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", 400),
    "length and chunks": (
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        400,
    ),
    "chunks and length": (
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
        400,
    ),
    "gzip, chunked": (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 400),
    "chunked twice": (
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        400,
    ),
    "identity": (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: identity\r\n\r\n", 400),
    "chunks in HTTP/1.0": (b"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    "two lengths": (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx", 400),
    "negative length": (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", 400),
    "no request": (b"nonsense\r\n\r\n", 400),
    "HTTP/2.0": (b"GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505),
    "HTTP/0.9": (b"GET / HTTP/0.9\r\nHost: a\r\n\r\n", 505),
    "CONNECT": (b"CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    "a path that is not ASCII": ("GET /ü HTTP/1.1\r\nHost: a\r\n\r\n".encode(), 400),
    "a space before the colon": (b"GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400),
    "a long head": (b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"x" * 70_000 + b"\r\n\r\n", 431),
    "a long target": (b"GET /" + b"x" * 70_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n", 431),
    "many fields": (b"GET / HTTP/1.1\r\nHost: a\r\n" + b"X: y\r\n" * 300 + b"\r\n", 431),
}


@pytest.mark.parametrize(("data", "status"), REFUSED.values(), ids=REFUSED)
@pytest.mark.parametrize("make", [NativeApp, asgi])
def test_what_is_ambiguous_is_refused(make: Any, data: bytes, status: int, caplog: pytest.LogCaptureFixture) -> None:
    """Ambiguous, malformed and oversized heads get a clear status and a closed connection, and one line in the log."""
    answer, is_closed = converse(make(echo), data, GET)

    assert statuses(answer) == [status]
    assert is_closed
    assert len([record for record in caplog.records if record.levelno >= logging.WARNING]) == 1
    assert not [record for record in caplog.records if record.exc_info]


@pytest.mark.parametrize(("data", "status"), REFUSED.values(), ids=REFUSED)
def test_a_refusal_does_not_overtake_the_responses_before_it(data: bytes, status: int) -> None:
    """A bad pipelined request is answered after those before it, and then the connection closes."""

    async def run() -> tuple[bytes, bytes, bool]:
        gate = asyncio.Event()

        async def respond(exchange: Any) -> Reply:
            await gate.wait()
            return text("first")

        wire = Wire(NativeApp(respond))
        before = await wire.talk(GET + data)
        gate.set()
        await wire.settle()
        return before, wire.take(), wire.transport.is_closed

    before, answer, is_closed = asyncio.run(run())
    assert before == b""
    assert statuses(answer) == [200, status]
    assert is_closed


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


def test_endless_trailers_are_refused() -> None:
    """Trailers and chunk extensions are not a way around the limits."""
    head = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n"

    answer, is_closed = converse(NativeApp(echo), head, *[b"X: " + b"y" * 1000 + b"\r\n"] * 80)

    assert statuses(answer) == [400]
    assert is_closed


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


def test_after_close_nothing_is_a_request() -> None:
    """What follows a request with `Connection: close` is not answered, not even with an error."""
    answer, is_closed = converse(NativeApp(echo), b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n" + GET)

    assert statuses(answer) == [200]
    assert is_closed


@pytest.mark.parametrize("host", [b"a", b"a.example:80", b"[::1]:8000", b"", b"a_b", b"192.0.2.1"])
def test_usual_hosts_are_served(host: bytes) -> None:
    """Names, addresses, ports and the empty Host of RFC 9112 are all right."""
    answer, _ = converse(NativeApp(echo), b"GET / HTTP/1.1\r\nHost: " + host + b"\r\n\r\n")

    assert statuses(answer) == [200]


def test_the_absolute_form_of_a_target_is_read() -> None:
    """`GET http://a/x?y` asks for the path `/x`."""
    answer, _ = converse(NativeApp(echo), b"GET http://a/x?y=1 HTTP/1.1\r\nHost: a\r\n\r\n")

    assert b"GET\n/x\ny=1\n" in answer
