"""This module runs Uvicorn in a thread on a free port, with a protocol class of choice."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from typing import Any

import uvicorn

from zonda.transport.protocol import ZondaProtocol


class Server(uvicorn.Server):
    """Says when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.is_listening = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.is_listening.set()


@contextlib.contextmanager
def serving(app: Any, **options: Any) -> Iterator[tuple[str, int]]:
    """The address of a server that runs `app` until the block ends."""
    options = {"http": ZondaProtocol, "log_config": None, "lifespan": "off", "loop": "auto", **options}
    server = Server(uvicorn.Config(app, **options))
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        try:
            assert server.is_listening.wait(10)
            yield listener.getsockname()
        finally:
            server.should_exit = True
            thread.join(20)
            assert not thread.is_alive()


def request(address: tuple[str, int], data: bytes, until: bytes | None = None) -> bytes:
    """What the server says to `data` until it closes the connection, or until it has said `until`."""
    answer = b""
    with socket.create_connection(address, timeout=10) as connection:
        connection.sendall(data)
        while chunk := connection.recv(65536):
            answer += chunk
            if until is not None and until in answer:
                break
    return answer
