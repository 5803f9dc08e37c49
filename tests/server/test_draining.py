"""Tests of what ends connections at shutdown."""

from __future__ import annotations

import socket
import ssl
import threading

import pytest

from zonda import Zonda
from zonda.server.config import Config
from zonda.server.lifecycle import Server


def without_certificate(purpose: int) -> ssl.SSLContext:
    """A context that needs no certificate, which TLS 1.2 has and nobody else should use."""
    context = ssl.SSLContext(purpose)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("aNULL:@SECLEVEL=0")
    return context


@pytest.mark.parametrize("loop", ["uvloop", "asyncio"])
def test_a_client_under_tls_that_rests_does_not_hold_the_end_up(loop: str) -> None:
    """It has a connection for later and says nothing when the server closes it; the graceful time is for requests."""
    config = Config(
        Zonda(),
        port=0,
        loop=loop,
        log_config=None,
        ssl_context_factory=lambda config, default: without_certificate(ssl.PROTOCOL_TLS_SERVER),
        timeout_graceful_shutdown=120,
    )
    server = Server(config)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        context = without_certificate(ssl.PROTOCOL_TLS_CLIENT)
        with context.wrap_socket(socket.create_connection(listener.getsockname(), timeout=30)) as client:
            client.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            assert client.recv(1000).startswith(b"HTTP/1.1 404")
            server.should_exit = True
            thread.join(30)
            is_over = not thread.is_alive()
        thread.join()

    assert is_over
