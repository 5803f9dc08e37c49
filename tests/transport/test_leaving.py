"""Clients that leave, stall or say that they send no more: what runs for them ends once, and soon."""

from __future__ import annotations

import asyncio
import logging
import select
import socket
import struct
import threading
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from starlette.responses import StreamingResponse

from zonda import Depends, Request, Zonda

from .pipelines import Foreign
from .servers import serving

SOON = 2.0
"""Seconds; the promise is one, a busy machine gets another."""


class Seen:
    """What happened, and when."""

    def __init__(self) -> None:
        self.events: list[str] = []
        self._changed = threading.Condition()

    def note(self, event: str) -> None:
        with self._changed:
            self.events.append(event)
            self._changed.notify_all()

    def wait_for(self, event: str, seconds: float = 10.0) -> bool:
        with self._changed:
            return self._changed.wait_for(lambda: event in self.events, seconds)


def application(seen: Seen) -> Zonda:
    app = Zonda()

    async def resource() -> AsyncIterator[str]:
        try:
            yield "open"
        finally:
            seen.note("dependency closed")

    opens = Depends(resource)

    @app.get("/polls")
    async def polls(request: Request, opened: str = opens) -> str:
        seen.note("running")
        while not await request.is_disconnected():  # noqa: ASYNC110  (this is how applications ask)
            await asyncio.sleep(0.05)
        seen.note("ended")
        return "left"

    @app.get("/cancelled", cancel_on_disconnect=True)
    async def cancelled(opened: str = opens) -> None:
        try:
            seen.note("running")
            await asyncio.sleep(3600)
        finally:
            await asyncio.sleep(0)
            seen.note("ended")

    def stream(parts: Any) -> Any:
        async def respond(opened: str = opens) -> StreamingResponse:
            return StreamingResponse(parts())

        return respond

    async def waiting() -> AsyncIterator[str]:
        try:
            yield "begun"
            seen.note("running")
            await asyncio.sleep(3600)
        finally:
            seen.note("ended")

    async def silent() -> AsyncIterator[str]:
        try:
            seen.note("running")
            await asyncio.sleep(3600)
            yield "never"
        finally:
            seen.note("ended")

    async def never_awaiting() -> AsyncIterator[bytes]:
        try:
            seen.note("running")
            while True:
                yield b"x" * 100
        finally:
            seen.note("ended")

    def in_a_thread() -> Iterator[str]:
        try:
            seen.note("running")
            while True:
                yield "x"
                time.sleep(0.05)
        finally:
            seen.note("ended")

    for parts in (waiting, silent, never_awaiting, in_a_thread):
        app.get(f"/{parts.__name__}")(stream(parts))

    @app.get("/slow")
    async def slow() -> str:
        seen.note("running")
        await asyncio.sleep(1.5)
        seen.note("ended")
        return "slow"

    @app.get("/next")
    async def following() -> str:
        seen.note("next")
        return "next"

    @app.post("/upload")
    async def upload(request: Request, opened: str = opens) -> int:
        seen.note("running")
        try:
            return len(await request.body())
        finally:
            seen.note("ended")

    @app.post("/json")
    async def take_json(body: dict[str, int]) -> int:
        return len(body)

    return app


def leave(client: socket.socket, how: str) -> None:
    """FIN is an orderly end; RST what an aborted process or a dropped network sends."""
    if how == "RST":
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()


def get(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n".encode()


WRAPS = pytest.mark.parametrize("wrap", [lambda app: app, Foreign], ids=["native", "asgi"])
STAGES = ["polls", "cancelled", "waiting", "silent", "never_awaiting", "in_a_thread"]
HOWS = pytest.mark.parametrize("how", ["FIN", "RST"])


@WRAPS
@HOWS
@pytest.mark.parametrize("stage", STAGES)
def test_what_runs_for_a_client_ends_once_and_soon_after_it_left(
    wrap: Any, how: str, stage: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Handlers that ask, generators of every kind, and dependencies with yield end within a second, once.

    The log stays as it is.
    """
    seen = Seen()
    with serving(wrap(application(seen))) as address:
        client = socket.create_connection(address)
        client.sendall(get(f"/{stage}"))
        assert seen.wait_for("running")
        leave(client, how)
        left = time.monotonic()
        assert seen.wait_for("ended", SOON)
        assert seen.wait_for("dependency closed", SOON)
        assert time.monotonic() - left < SOON

    assert seen.events.count("ended") == 1
    assert seen.events.count("dependency closed") == 1
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


@pytest.mark.skipif(not hasattr(select, "POLLRDHUP"), reason="the system cannot be asked")
@pytest.mark.parametrize("loop", ["asyncio", "uvloop"])
@pytest.mark.parametrize(("how", "size"), [("FIN", 80_000), ("RST", 80_000), ("RST", 3_000_000)])
def test_a_client_is_seen_to_leave_behind_a_body_that_nobody_reads(how: str, size: int, loop: str) -> None:
    """Its end waits behind what it sent, in a socket that is not read: the handler is cancelled nevertheless."""
    seen = Seen()
    app = Zonda()

    @app.post("/unread", cancel_on_disconnect=True)
    async def unread() -> None:
        try:
            seen.note("running")
            await asyncio.sleep(3600)
        finally:
            seen.note("ended")

    with serving(app, loop=loop) as address:
        client = socket.create_connection(address)
        client.sendall(f"POST /unread HTTP/1.1\r\nHost: a\r\nContent-Length: {size + 1}\r\n\r\n".encode())
        assert seen.wait_for("running")
        client.setblocking(False)
        sent = client.send(b"x" * size)
        assert sent > 64 * 1024
        time.sleep(0.1)  # it arrives, and the server stops reading
        leave(client, how)

        assert seen.wait_for("ended", SOON)

    assert seen.events.count("ended") == 1


@HOWS
@pytest.mark.parametrize("stage", ["cancelled", "waiting", "never_awaiting"])
@pytest.mark.parametrize("server", ["httptools", "h11"])
def test_it_ends_behind_other_servers_too(server: str, stage: str, how: str, caplog: pytest.LogCaptureFixture) -> None:
    """Behind Uvicorn's own protocols the same handlers and generators end once, without a traceback."""
    seen = Seen()
    with serving(application(seen), http=server) as address:
        client = socket.create_connection(address)
        client.sendall(get(f"/{stage}"))
        assert seen.wait_for("running")
        leave(client, how)
        assert seen.wait_for("ended", SOON)
        assert seen.wait_for("dependency closed", SOON)

    assert seen.events.count("ended") == 1
    assert seen.events.count("dependency closed") == 1
    assert [record for record in caplog.records if record.exc_info] == []


@WRAPS
def test_a_generator_that_never_awaits_cannot_hang_the_worker(wrap: Any) -> None:
    """Other connections are served while such a stream runs, for a client that reads and for one that does not."""
    seen = Seen()
    with serving(wrap(application(seen))) as address, socket.create_connection(address) as client:
        client.sendall(get("/never_awaiting"))
        assert seen.wait_for("running")
        with socket.create_connection(address, timeout=5) as other:
            other.sendall(get("/next"))
            assert other.recv(1000).startswith(b"HTTP/1.1 200")


@WRAPS
@HOWS
def test_queued_requests_of_a_client_that_left_do_not_run(wrap: Any, how: str) -> None:
    """What waits behind a slow request is forgotten with its client."""
    seen = Seen()
    with serving(wrap(application(seen))) as address:
        client = socket.create_connection(address)
        client.sendall(get("/slow") + get("/next"))
        assert seen.wait_for("running")
        leave(client, how)
        assert seen.wait_for("ended")
        with socket.create_connection(address, timeout=5) as other:
            other.sendall(get("/polls"))

    assert "next" not in seen.events


@WRAPS
def test_a_half_closed_client_gets_its_answers(wrap: Any) -> None:
    """A client that only says that it sends no more is answered, and then the connection closes."""
    seen = Seen()
    answers = []
    with serving(wrap(application(seen))) as address:
        for sent in (get("/slow"), get("/next") + get("/next")):
            with socket.create_connection(address, timeout=10) as client:
                client.sendall(sent)
                client.shutdown(socket.SHUT_WR)
                answer = b""
                while chunk := client.recv(1000):
                    answer += chunk
                answers.append(answer)

    assert answers[0].endswith(b'"slow"')
    assert answers[1].count(b'"next"') == 2


@WRAPS
@pytest.mark.parametrize("size", [10, 60_000, 300_000])
def test_a_half_closed_client_whose_body_is_read_late_gets_its_answer(
    wrap: Any, size: int, caplog: pytest.LogCaptureFixture
) -> None:
    """Its body has come, whatever is thought of the client when somebody reads it."""
    app = Zonda()

    @app.post("/")
    async def late(request: Request) -> int:
        await asyncio.sleep(1.5)  # longer than a silent client is waited for
        return len(await request.body())

    with serving(wrap(app)) as address, socket.create_connection(address, timeout=10) as client:
        client.sendall(f"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {size}\r\n\r\n".encode() + b"x" * size)
        client.shutdown(socket.SHUT_WR)
        answer = b""
        while piece := client.recv(1000):
            answer += piece

    assert answer.endswith(f"\r\n\r\n{size}".encode())
    assert not [record for record in caplog.records if record.exc_info]


@WRAPS
def test_a_half_closed_client_that_reads_slowly_gets_all_of_its_answer(wrap: Any) -> None:
    """What was written and not read yet is no sign that nobody is there."""
    app = Zonda()
    size = 40_000_000
    is_writing = threading.Event()

    @app.get("/")
    async def large() -> StreamingResponse:
        async def parts() -> AsyncIterator[bytes]:
            for _ in range(size // 100_000):
                yield b"x" * 100_000
                is_writing.set()

        return StreamingResponse(parts(), headers={"content-length": str(size)})

    with serving(wrap(app)) as address, socket.create_connection(address, timeout=10) as client:
        client.sendall(get("/"))
        client.shutdown(socket.SHUT_WR)
        assert is_writing.wait(5)
        time.sleep(2)  # the client's own slowness, longer than a silent stream is waited for
        received = 0
        while piece := client.recv(1_000_000):
            received += len(piece)

    assert received > size


@WRAPS
@HOWS
@pytest.mark.parametrize("path", ["/upload", "/json"])
def test_an_aborted_upload_is_one_line_in_the_log(
    wrap: Any, how: str, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The client's decision is no error of the application: no traceback, and nothing is left open."""
    seen = Seen()
    with serving(wrap(application(seen))) as address:
        client = socket.create_connection(address)
        client.sendall(f"POST {path} HTTP/1.1\r\nHost: a\r\nContent-Length: 99\r\n\r\nhalf".encode())
        if path == "/upload":
            assert seen.wait_for("running")
        else:
            time.sleep(0.2)
        leave(client, how)
        if path == "/upload":
            assert seen.wait_for("dependency closed", SOON)

    lines = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert [record.getMessage() for record in lines] == ["The client left in the middle of its request body."]
    assert not lines[0].exc_info
