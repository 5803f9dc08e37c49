"""Tests of closed connections: what was written arrives, and a client that has it, or takes nothing, is cut."""

from __future__ import annotations

import socket
import ssl
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.tls import without_certificate
from zonda import Zonda
from zonda.responses import PlainTextResponse
from zonda.server.config import Config
from zonda.server.lifecycle import Server
from zonda.transport import farewells

SIZE = 4_000_000
SMALL = 65536
"""The buffers of the system, so that most of an answer waits in the transport."""
LONGER_THAN_ANY_BOUND = 20
"""Seconds, and fewer than the 30 after which an event loop cuts by itself."""

LOOPS = pytest.mark.parametrize("loop", ["uvloop", "asyncio"])
WAYS = pytest.mark.parametrize("is_secure", [True, False], ids=["tls", "plain"])
needs_an_answer = pytest.mark.skipif(sys.platform != "linux", reason="the system does not tell what a client has taken")

app = Zonda()


@app.get("/large")
async def large() -> PlainTextResponse:
    return PlainTextResponse("x" * SIZE)


@contextmanager
def connected(is_secure: bool, **options: Any) -> Iterator[tuple[socket.socket, Server]]:
    """A client and its server, which sweeps four times a second."""
    if is_secure:
        options["ssl_context_factory"] = lambda config, default: without_certificate(ssl.PROTOCOL_TLS_SERVER)
    config = Config(app, log_config=None, timeout_keep_alive=1, timeout_graceful_shutdown=1, **options)
    server = Server(config)
    with socket.socket() as listener, socket.socket() as client:
        listener.bind(("127.0.0.1", 0))
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SMALL)  # what it accepts, inherits
        listener.listen()
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        try:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL)
            client.settimeout(LONGER_THAN_ANY_BOUND)
            client.connect(listener.getsockname())
            if is_secure:
                with without_certificate(ssl.PROTOCOL_TLS_CLIENT).wrap_socket(client) as secured:
                    yield secured, server
            else:
                yield client, server
        finally:
            server.should_exit = True
            thread.join()


def asks(path: str, connection: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: a\r\nConnection: {connection}\r\n\r\n".encode()


@WAYS
@LOOPS
def test_a_client_that_reads_slowly_and_steadily_gets_all(
    loop: str, is_secure: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may take longer for an answer than a client may take nothing, though the connection was closed at once."""
    monkeypatch.setattr(farewells, "FAREWELL_SECONDS", 0.1)
    with connected(is_secure, loop=loop, timeout_send=1.5) as (client, _):
        client.sendall(asks("/large", "close"))
        received, began = 0, time.monotonic()
        while piece := client.recv(65536):
            received += len(piece)
            due = began + 2.5 * received / SIZE
            time.sleep(max(0, due - time.monotonic()))  # the client's own slowness

    assert received > SIZE


@needs_an_answer
@WAYS
@LOOPS
@pytest.mark.parametrize("connection", ["close", "keep-alive"])
def test_a_client_that_takes_nothing_is_cut(loop: str, is_secure: bool, connection: str) -> None:
    """It has the time of a reader that stalls, also when everything was given to the transport and it was closed."""
    with connected(is_secure, loop=loop, timeout_send=0.5) as (client, server):
        client.sendall(asks("/large", connection))
        assert client.recv(1)

        deadline = time.monotonic() + LONGER_THAN_ANY_BOUND
        while server.server_state.connections and time.monotonic() < deadline:
            time.sleep(0.01)

        assert not server.server_state.connections


@needs_an_answer
@LOOPS
@pytest.mark.parametrize(
    "sent",
    [asks("/", "keep-alive"), asks("/", "close"), b"GET / HTTP/1.1\r\n\r\n", b"GET"],
    ids=["rests", "closed", "refused", "too-slow"],
)
def test_a_client_that_does_not_answer_the_end_is_cut(loop: str, sent: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Under TLS a client ends a connection, too; one that does not, and has all that was sent, is not waited for."""
    monkeypatch.setattr(farewells, "FAREWELL_SECONDS", 0.1)
    with connected(True, loop=loop, timeout_head=0.5) as (client, _):
        client.sendall(sent)

        with socket.socket(fileno=client.detach()) as below:
            below.settimeout(LONGER_THAN_ANY_BOUND)
            assert ended(below)


def ended(connection: socket.socket) -> bool:
    """Read until the other side ends it; raises TimeoutError when it does not."""
    try:
        while connection.recv(65536):
            pass
    except ConnectionResetError:
        pass
    return True
