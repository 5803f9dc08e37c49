"""Tests of what ends connections at shutdown."""

from __future__ import annotations

import socket
import ssl
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.tls import without_certificate
from zonda import Zonda
from zonda.responses import PlainTextResponse
from zonda.server.config import Config
from zonda.server.lifecycle import Server
from zonda.transport.farewells import FAREWELL_SECONDS

SIZE = 8_000_000

app = Zonda()


@app.get("/large")
async def large() -> PlainTextResponse:
    return PlainTextResponse("x" * SIZE)


@contextmanager
def connected(loop: str) -> Iterator[tuple[ssl.SSLSocket, Server, threading.Thread]]:
    """A client under TLS, of a server in a thread that is told to end by `should_exit`."""
    config = Config(
        app,
        port=0,
        loop=loop,
        log_config=None,
        ssl_context_factory=lambda config, default: without_certificate(ssl.PROTOCOL_TLS_SERVER),
        timeout_graceful_shutdown=120,
    )
    server = Server(config)
    with socket.socket() as listener, socket.socket() as client:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        client.settimeout(30)
        client.connect(listener.getsockname())
        with without_certificate(ssl.PROTOCOL_TLS_CLIENT).wrap_socket(client) as secured:
            yield secured, server, thread
            server.should_exit = True
        thread.join()


LOOPS = pytest.mark.parametrize("loop", ["uvloop", "asyncio"])


@pytest.mark.skipif(sys.platform != "linux", reason="the system does not tell what a client has taken")
@LOOPS
def test_a_client_under_tls_that_rests_does_not_hold_the_end_up(loop: str) -> None:
    """It has a connection for later and says nothing when the server closes it; the graceful time is for requests."""
    with connected(loop) as (client, server, thread):
        client.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        assert client.recv(1000).startswith(b"HTTP/1.1 404")

        server.should_exit = True
        thread.join(30)

        assert not thread.is_alive()


@LOOPS
def test_a_client_under_tls_that_reads_slowly_gets_all_of_its_answer(loop: str) -> None:
    """What was written and not taken yet is no silence."""
    with connected(loop) as (client, server, _):
        client.sendall(b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n")
        received = len(client.recv(1))

        server.should_exit = True
        time.sleep(FAREWELL_SECONDS + 2)  # the client's own slowness
        while piece := client.recv(65536):
            received += len(piece)

        assert received > SIZE
