"""What clients see over real sockets, on uvloop and on asyncio's own loop."""

from __future__ import annotations

import asyncio
import http.client
import re
import socket
import threading
from collections.abc import AsyncIterator
from typing import Any

import pytest
from starlette.responses import StreamingResponse

from zonda import Request, Zonda
from zonda.seams import Head, Reply

from .pipelines import Foreign, NativeApp, asgi, text
from .servers import request, serving
from .wires import statuses

LOOPS = pytest.mark.parametrize("loop", ["uvloop", "asyncio"])


async def mirror(exchange: Any) -> Reply:
    return text(await exchange.body())


@LOOPS
@pytest.mark.parametrize("make", [NativeApp, asgi])
def test_bodies_go_up_and_down_whole(make: Any, loop: str) -> None:
    """Large bodies arrive byte for byte, with a length and in chunks, on one kept connection."""
    body = bytes(range(256)) * 20_000

    with serving(make(mirror), loop=loop) as (host, port):
        connection = http.client.HTTPConnection(host, port, timeout=10)
        for chunked in (False, True, False):
            sent = iter([body[:100_000], body[100_000:]]) if chunked else body
            connection.request("POST", "/", sent, encode_chunked=chunked)
            assert connection.getresponse().read() == body
        connection.close()


@LOOPS
@pytest.mark.parametrize("wrap", [lambda app: app, Foreign], ids=["native", "asgi"])
def test_answers_of_every_kind_keep_their_order(wrap: Any, loop: str) -> None:
    """Fast and slow handlers, threads, streams, uploads and errors, pipelined in one write, are answered in order."""
    app = Zonda()

    @app.get("/fast/{number}")
    async def fast(number: int) -> str:
        return f"-{number}-"

    @app.get("/slow/{number}")
    async def slow(number: int) -> str:
        await asyncio.sleep(0.01)
        return f"-{number}-"

    @app.get("/thread/{number}")
    def in_a_thread(number: int) -> str:
        return f"-{number}-"

    @app.get("/stream/{number}")
    async def stream(number: int) -> StreamingResponse:
        async def parts() -> AsyncIterator[str]:
            yield f"-{number}"
            await asyncio.sleep(0)
            yield "-"

        return StreamingResponse(parts())

    @app.post("/upload/{number}")
    async def upload(number: int, request: Request) -> str:
        return f"-{number}-{len(await request.body())}"

    kinds = ["fast", "slow", "thread", "stream", "upload", "missing"]
    asked = [(kinds[(number * 5 + number // 7) % 6], number) for number in range(60)]
    data = b"".join(
        f"POST /upload/{number} HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc".encode()
        if kind == "upload"
        else f"GET /{kind}/{number} HTTP/1.1\r\nHost: a\r\n\r\n".encode()
        for kind, number in asked
    )
    with serving(wrap(app), loop=loop) as address:
        answer = request(address, data + b"GET /fast/60 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")

    assert statuses(answer) == [404 if kind == "missing" else 200 for kind, _ in asked] + [200]
    numbers = [int(found) for found in re.findall(rb"-(\d+)(?=-|\r)", answer)]
    assert numbers == [number for kind, number in asked if kind != "missing"] + [60]


@LOOPS
def test_many_pipelined_requests_over_a_socket(loop: str) -> None:
    """Two hundred requests in one write come back in order, the last one closes."""

    async def respond(exchange: Any) -> Reply:
        if exchange.path.endswith("7"):
            await asyncio.sleep(0)
        return text(exchange.path)

    data = b"".join(b"GET /%d HTTP/1.1\r\nHost: a\r\n\r\n" % number for number in range(200))
    with serving(NativeApp(respond), loop=loop) as address:
        answer = request(address, data + b"GET /end HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")

    bodies = [part.rpartition(b"\r\n\r\n")[2] for part in answer.split(b"HTTP/1.1 ")[1:]]
    assert bodies == [*(b"/%d" % number for number in range(200)), b"/end"]


@LOOPS
@pytest.mark.parametrize("make", [NativeApp, asgi])
def test_a_client_that_does_not_read_holds_the_stream(make: Any, loop: str) -> None:
    """A stream is produced as fast as it is read: what the kernel holds, up to 4 MiB, and the pieces that wait."""
    produced = 0
    is_stopped = threading.Event()

    async def respond(exchange: Any) -> Reply:
        async def parts() -> Any:
            nonlocal produced
            try:
                while True:
                    produced += 1
                    yield b"x" * 65536
            finally:
                is_stopped.set()

        return Reply(Head(200), stream=parts())

    with serving(make(respond), loop=loop) as address:
        with socket.socket() as client:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
            client.connect(address)
            client.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            client.recv(1)
            before = -1
            while before != produced:
                before = produced
                is_stopped.wait(0.2)
            held = produced
        assert is_stopped.wait(5)

    assert (held - 2) * 65536 <= 4 * 1024 * 1024


@LOOPS
def test_a_request_in_flight_is_answered_at_shutdown(loop: str) -> None:
    """A server that is told to end answers what it was asked, and says that it closes."""
    is_asked = threading.Event()
    answers: list[bytes] = []

    async def respond(exchange: Any) -> Reply:
        is_asked.set()
        while exchange.connection.is_shutting_down is False:  # noqa: ASYNC110  (set by the server)
            await asyncio.sleep(0.01)
        return text("done")

    with serving(NativeApp(respond), loop=loop) as address:
        client = threading.Thread(target=lambda: answers.append(request(address, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")))
        client.start()
        assert is_asked.wait(5)
    client.join(5)

    assert statuses(answers[0]) == [200]
    assert b"connection: close" in answers[0]
    assert answers[0].endswith(b"done")


def test_the_server_ends_after_its_requests() -> None:
    """`limit_max_requests` ends the server once so many responses were completed."""
    with serving(NativeApp(mirror), limit_max_requests=2) as (host, port):
        connection = http.client.HTTPConnection(host, port, timeout=10)
        for _ in range(2):
            connection.request("GET", "/")
            assert connection.getresponse().read() == b""
        assert connection.sock.recv(1) == b""
        connection.close()
