"""This module notices that a client left while its socket is not read: what it sent waits there, and its end behind it.

The system knows of an end and of a reset without anything being read, and is asked for all such sockets at once. An end
alone may also be that of a client which only sends no more (see `half_closed`), so it counts when nothing was answered
for a while; a reset counts at once. Where the system cannot be asked, such a client is noticed when its socket is read.
"""

from __future__ import annotations

import asyncio
import select
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zonda.transport.protocol import ZondaProtocol

_INTERVAL = 0.2
_PATIENCE = 0.6
"""Seconds without an answer after which a client that sends no more is not thought to be there."""
_END: int = getattr(select, "POLLRDHUP", 0)
_CAN_ASK = bool(_END)


class UnreadSockets:
    """The connections of one server that are not read just now; a timer runs while there are some."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._ended: dict[ZondaProtocol, float | None] = {}
        """Each with the time at which its client's end was first seen."""
        self._timer: asyncio.TimerHandle | None = None

    def add(self, connection: ZondaProtocol) -> None:
        if _CAN_ASK:
            self._ended[connection] = None
            if self._timer is None:
                self._timer = self._loop.call_later(_INTERVAL, self._look)

    def discard(self, connection: ZondaProtocol) -> None:
        self._ended.pop(connection, None)

    def _look(self) -> None:
        self._timer = None
        if not self._ended:
            return
        self._timer = self._loop.call_later(_INTERVAL, self._look)
        now = self._loop.time()
        for connection, events in self._events():
            if events & (select.POLLERR | select.POLLHUP):
                self.discard(connection)
                connection.transport.abort()
            else:
                self._note_end(connection, now)

    def _events(self) -> list[tuple[ZondaProtocol, int]]:
        poll = select.poll()
        connections: dict[int, ZondaProtocol] = {}
        for connection in self._ended:
            sock = connection.transport.get_extra_info("socket")
            number = -1 if sock is None else sock.fileno()
            if number >= 0:
                connections[number] = connection
                poll.register(number, _END)
        return [(connections[number], events) for number, events in poll.poll(0)]

    def _note_end(self, connection: ZondaProtocol, now: float) -> None:
        since = self._ended[connection]
        if since is None:
            self._ended[connection] = now
        elif now - since >= _PATIENCE:
            current = connection.current
            if current is not None and not (current.started or current.has_left):
                current.note_left()
