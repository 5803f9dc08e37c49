"""This module takes connections from a socket one at a time, for workers that share it and in the place of asyncio.

An event loop takes all that wait as soon as one connection arrives, so that the first worker to wake gets them all,
and keeps them. One in each turn of the loop leaves the others to workers that have less to do.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Callable
from contextlib import suppress
from ssl import SSLContext, SSLError
from typing import Any

_PAUSE_SECONDS = 1.0
"""How long nothing is taken after the system refused, which is mostly for want of file descriptors."""
_WITH_NO_DELAY = {socket.AF_INET, socket.AF_INET6}

logger = logging.getLogger("uvicorn.error")


class Listener:
    """What Uvicorn's server knows of an `asyncio.Server`, for a socket that is shared."""

    def __init__(
        self,
        sock: socket.socket,
        create_protocol: Callable[[], asyncio.Protocol],
        *,
        ssl: SSLContext | None,
        backlog: int,
        **tls_times: float,
    ) -> None:
        self.sockets = (sock,)
        self._socket = sock
        self._create_protocol = create_protocol
        self._ssl = ssl
        self._tls_times: dict[str, Any] = tls_times
        self._loop = asyncio.get_running_loop()
        self._opening: set[asyncio.Task[None]] = set()
        self._is_closed = False
        sock.setblocking(False)
        sock.listen(backlog)
        self._listen()

    def close(self) -> None:
        """Take no more; the socket is its owner's to close."""
        self._is_closed = True
        self._loop.remove_reader(self._socket)

    async def wait_closed(self) -> None:
        if self._opening:
            await asyncio.wait(self._opening)

    def _listen(self) -> None:
        if not self._is_closed:
            self._loop.add_reader(self._socket, self._accept)

    def _accept(self) -> None:
        try:
            connection, _ = self._socket.accept()
        except (BlockingIOError, InterruptedError, ConnectionAbortedError):
            return  # another worker has it, or its client is gone
        except OSError as error:
            logger.error("No connection is accepted for %g s: %s", _PAUSE_SECONDS, error)
            self._loop.remove_reader(self._socket)
            self._loop.call_later(_PAUSE_SECONDS, self._listen)
            return
        task = self._loop.create_task(self._open(connection))
        self._opening.add(task)
        task.add_done_callback(self._opening.discard)

    async def _open(self, connection: socket.socket) -> None:
        connection.setblocking(False)
        if connection.family in _WITH_NO_DELAY:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with suppress(SSLError, ConnectionError, TimeoutError):  # the handshake's, which is between client and server
            await self._loop.connect_accepted_socket(
                self._create_protocol, connection, ssl=self._ssl, **self._tls_times
            )
