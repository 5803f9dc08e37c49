"""Tests of clients that open a TLS connection, or do not."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from zonda import Zonda
from zonda.server.config import Config
from zonda.server.lifecycle import Server

app = Zonda()


@app.get("/")
async def hello() -> str:
    return "Hello"


def without_certificate(purpose: int) -> ssl.SSLContext:
    """A context whose handshakes need no certificate, which TLS 1.2 has and nobody else should use."""
    context = ssl.SSLContext(purpose)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("ADH:AECDH:@SECLEVEL=0")
    return context


class Listening(Server):
    """Says when it listens."""

    def __init__(self, config: Config) -> None:
        super().__init__(config)
        self.is_listening = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.is_listening.set()


@contextmanager
def serving(how: str, **options: Any) -> Iterator[tuple[str, int]]:
    """The address of a server that listens by itself, or as a worker on a socket that others have as well."""
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
            yield server.servers[0].sockets[0].getsockname()
        finally:
            server.should_exit = True
            thread.join(20)
            assert not thread.is_alive()


@pytest.mark.parametrize("loop", ["uvloop", "asyncio"])
@pytest.mark.parametrize("how", ["alone", "worker"])
def test_a_client_that_says_nothing_is_dropped(how: str, loop: str) -> None:
    """Who connects to a TLS port and begins no handshake is closed on after the time that a head has."""
    with serving(how, loop=loop, timeout_head=0.3) as address, socket.create_connection(address, timeout=20) as client:
        assert client.recv(1) == b""


@pytest.mark.parametrize("loop", ["uvloop", "asyncio"])
@pytest.mark.parametrize("how", ["alone", "worker"])
@pytest.mark.parametrize("timeout_head", [10.0, 0.0])
def test_a_handshake_in_time_is_a_connection(how: str, loop: str, timeout_head: float) -> None:
    """With a bound for handshakes and without one a client that opens TLS is answered."""
    context = without_certificate(ssl.PROTOCOL_TLS_CLIENT)
    with (
        serving(how, loop=loop, timeout_head=timeout_head) as address,
        socket.create_connection(address, timeout=20) as client,
        context.wrap_socket(client) as connection,
    ):
        connection.sendall(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        answer = b"".join(iter(lambda: connection.recv(65536), b""))

    assert answer.endswith(b'"Hello"')
