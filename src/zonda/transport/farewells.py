"""This module ends connections under TLS that were closed, when their clients have taken all that was written.

Such a connection is closed when both sides have said so. Clients that keep connections for later say nothing while they
do, and one that still reads is not to lose the rest: what counts is the time since everything was taken. A transport
under TLS does not know when that is, because the bytes lie below it; Linux tells what it has in its own queue.
"""

from __future__ import annotations

import socket
import sys
from typing import Any
from weakref import WeakKeyDictionary

from uvicorn.protocols.utils import is_ssl

CAN_ASK = sys.platform == "linux"
if sys.platform == "linux":
    import fcntl
    import termios

FAREWELL_SECONDS = 2.0
"""How long the client of a closed connection may take to say so, too."""
_BYTES_ACKED = slice(120, 128)
"""The place of `tcpi_bytes_acked` in Linux's `struct tcp_info`, which only grows at its end."""


class Farewells:
    """Since when each closed connection under TLS has had nothing left to send."""

    def __init__(self) -> None:
        self.seen: WeakKeyDictionary[Any, float] = WeakKeyDictionary()

    def are_over(self, connection: Any, now: float) -> bool:
        """False where the system cannot be asked; the event loop then cuts such a connection after a while."""
        transport = connection.transport
        if not (transport.is_closing() and is_ssl(transport) and CAN_ASK):
            return False
        if untaken(transport):
            self.seen.pop(connection, None)
            return False
        return now - self.seen.setdefault(connection, now) >= FAREWELL_SECONDS


def untaken(transport: Any) -> int:
    """How many bytes wait for the client, as far as is known: 0 only if there are none."""
    size: int = transport.get_write_buffer_size()
    return size + _queued(transport) if is_ssl(transport) else size


def acknowledged(transport: Any) -> int:
    """How many bytes the client has taken so far, under TLS; 0 where `untaken` tells more or nothing does.

    A queue that is filled again at once can be as long as before whenever it is looked at.
    """
    if sys.platform != "linux" or not is_ssl(transport):
        return 0
    sock = transport.get_extra_info("socket")
    if sock.fileno() < 0 or sock.family == socket.AF_UNIX:
        return 0
    borrowed = socket.socket(sock.family, socket.SOCK_STREAM, 0, sock.fileno())
    try:
        return int.from_bytes(
            borrowed.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 128)[_BYTES_ACKED], sys.byteorder
        )
    except OSError:  # closed since
        return 0
    finally:
        borrowed.detach()


def _queued(transport: Any) -> int:
    """Bytes that the system has and the client's has not; where more wait above it, it is never without some."""
    if sys.platform != "linux":
        return 0
    number = transport.get_extra_info("socket").fileno()
    if number < 0:
        return 0
    try:
        return int.from_bytes(fcntl.ioctl(number, termios.TIOCOUTQ, bytes(4)), sys.byteorder)
    except OSError:  # closed since; the protocol is about to hear of it
        return 0
