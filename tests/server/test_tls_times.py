"""Tests of clients that open a TLS connection, or do not, and of those that do not let it end."""

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
from zonda.server import tls_times
from zonda.server.config import Config
from zonda.server.lifecycle import Server

app = Zonda()


@app.get("/")
async def hello() -> str:
    return "Hello"


@app.get("/large")
async def large() -> PlainTextResponse:
    return PlainTextResponse("x" * 8_000_000)


class Listening(Server):
    """Says when it listens, and where."""

    def __init__(self, config: Config) -> None:
        super().__init__(config)
        self.is_listening = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.is_listening.set()

    @property
    def address(self) -> tuple[str, int]:
        address: tuple[str, int] = self.servers[0].sockets[0].getsockname()
        return address


@contextmanager
def serving(how: str, **options: Any) -> Iterator[Listening]:
    """A server that listens by itself, or as a worker on a socket that others have as well."""
    config = Config(
        app,
        port=0,
        log_config=None,
        workers=2 if how == "worker" else 1,
        ssl_context_factory=lambda config, default: without_certificate(ssl.PROTOCOL_TLS_SERVER),
        **options,
    )
    server = Listening(config)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        sockets = [listener] if how == "worker" else None
        thread = threading.Thread(target=server.run, args=(sockets,))
        thread.start()
        try:
            assert server.is_listening.wait(10)
            yield server
        finally:
            server.should_exit = True
            thread.join(20)
            assert not thread.is_alive()


@pytest.mark.parametrize("loop", ["uvloop", "asyncio"])
@pytest.mark.parametrize("how", ["alone", "worker"])
def test_a_client_that_says_nothing_is_dropped(how: str, loop: str) -> None:
    """Who connects to a TLS port and begins no handshake is closed on after the time that a head has."""
    with (
        serving(how, loop=loop, timeout_head=0.3) as server,
        socket.create_connection(server.address, timeout=20) as client,
    ):
        assert client.recv(1) == b""


@pytest.mark.parametrize("loop", ["uvloop", "asyncio"])
@pytest.mark.parametrize("how", ["alone", "worker"])
@pytest.mark.parametrize("timeout_head", [10.0, 0.0])
def test_a_handshake_in_time_is_a_connection(how: str, loop: str, timeout_head: float) -> None:
    """With a bound for handshakes and without one a client that opens TLS is answered."""
    context = without_certificate(ssl.PROTOCOL_TLS_CLIENT)
    with (
        serving(how, loop=loop, timeout_head=timeout_head) as server,
        socket.create_connection(server.address, timeout=20) as client,
        context.wrap_socket(client) as connection,
    ):
        connection.sendall(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        answer = b"".join(iter(lambda: connection.recv(65536), b""))

    assert answer.endswith(b'"Hello"')


@pytest.mark.skipif(sys.platform != "linux", reason="the event loop's own time holds")
@pytest.mark.parametrize("loop", ["uvloop", "asyncio"])
@pytest.mark.parametrize("how", ["alone", "worker"])
def test_the_event_loop_cuts_no_reader_before_the_longest_time(
    how: str, loop: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody else ends a closed connection whose client may take nothing for ever, so that it is seen who does."""
    monkeypatch.setattr(tls_times, "LONGEST_SHUTDOWN", 0.3)
    context = without_certificate(ssl.PROTOCOL_TLS_CLIENT)
    with (
        serving(how, loop=loop, timeout_send=0.0) as server,
        socket.create_connection(server.address, timeout=20) as client,
        context.wrap_socket(client) as connection,
    ):
        connection.sendall(b"GET /large HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        assert connection.recv(1)

        deadline = time.monotonic() + 20
        while server.server_state.connections and time.monotonic() < deadline:
            time.sleep(0.01)

        assert not server.server_state.connections


def test_a_protocol_of_another_package_keeps_the_time_of_the_event_loop() -> None:
    """Nobody looks at its connections, so that nobody but the loop would cut them."""

    def times(**options: Any) -> Any:
        config = Config(
            app, ssl_context_factory=lambda config, default: ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), **options
        )
        config.load()
        return tls_times.tls_times(config)

    assert "ssl_shutdown_timeout" not in times(ws="websockets-sansio")
    assert ("ssl_shutdown_timeout" in times()) == (sys.platform == "linux")
