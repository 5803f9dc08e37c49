"""This module keeps connections within bounds: back-pressure both ways, and one sweep for all deadlines."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol
from weakref import WeakKeyDictionary

from zonda.transport.deadlines import Idle, Stalled
from zonda.transport.farewells import Farewells
from zonda.transport.refusals import Refusal
from zonda.transport.unread import UnreadSockets
from zonda.transport.wire import join_lines

if TYPE_CHECKING:
    from zonda.transport.protocol import ZondaProtocol

logger = logging.getLogger("uvicorn.error")

HIGH_WATER = 64 * 1024
"""Bytes of a body that wait for a reader before the socket is not read any more."""


class Flow:
    """Back-pressure of one connection: when the socket is read, and when the writer waits."""

    __slots__ = (
        "_is_held",
        "_is_writable",
        "connection",
        "is_reading_paused",
        "is_writing_paused",
        "transport",
        "unread",
    )

    def __init__(self, connection: ZondaProtocol) -> None:
        self.connection = connection
        self.transport = connection.transport
        self.unread = connection.share.unread
        self.is_reading_paused = False
        """Nobody takes what comes, so that the socket is not read."""
        self.is_writing_paused = False
        self._is_held = False
        self._is_writable: asyncio.Event | None = None

    def pause_reading(self) -> None:
        if not self.is_reading_paused:
            self.is_reading_paused = True
            self.transport.pause_reading()
            self.unread.add(self.connection)

    def resume_reading(self) -> None:
        if self.is_reading_paused:
            self.is_reading_paused = False
            self.unread.discard(self.connection)
            if self._is_held:
                self.connection.portions.go_on_later()
            else:
                self.transport.resume_reading()

    def hold(self) -> None:
        """Leave the socket alone for as long as there is something of it that was received and not read."""
        if not self._is_held:
            self._is_held = True
            if not self.is_reading_paused:
                self.transport.pause_reading()

    def release(self) -> None:
        if self._is_held:
            self._is_held = False
            if not self.is_reading_paused:
                self.transport.resume_reading()

    def pause_writing(self) -> None:
        self.is_writing_paused = True

    def resume_writing(self) -> None:
        self.is_writing_paused = False
        if self._is_writable is not None:
            self._is_writable.set()
            self._is_writable = None

    async def drain(self) -> None:
        """Wait until the client has read enough of what was written."""
        while self.is_writing_paused:
            if self._is_writable is None:
                self._is_writable = asyncio.Event()
            await self._is_writable.wait()


class Swept(Protocol):
    """What a sweep looks at: a connection that knows its deadlines and what to do about each."""

    deadlines: Any
    transport: Any

    def refuse(self, refusal: Refusal) -> None: ...

    def close(self) -> None: ...

    def cut(self, reason: str) -> None: ...


class Sweeper:
    """Closes the late connections of one server: one timer for all of them, and a clock that is free to read."""

    def __init__(self, loop: asyncio.AbstractEventLoop, interval: float) -> None:
        self.loop = loop
        self.interval = interval
        self.clock: Callable[[], float] = loop.time
        self.now = loop.time()
        """The time of the last sweep: late by up to one interval."""
        self._connections: set[Swept] = set()
        self._farewells = Farewells()
        self._timer: asyncio.TimerHandle | None = None

    def add(self, connection: Swept) -> None:
        self._connections.add(connection)
        if self._timer is None:
            self.now = self.clock()
            self._timer = self.loop.call_later(self.interval, self._sweep)

    def discard(self, connection: Swept) -> None:
        self._connections.discard(connection)
        if not self._connections and self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _sweep(self) -> None:
        self._timer = self.loop.call_later(self.interval, self._sweep)
        self.sweep()

    def sweep(self) -> None:
        """Look at every connection once."""
        now = self.now = self.clock()
        for connection in list(self._connections):
            try:
                connection.deadlines.check(connection, now)
                if self._farewells.are_over(connection, now):
                    connection.transport.abort()
            except Refusal as refusal:
                connection.refuse(refusal)
            except Idle:
                connection.close()
            except Stalled:
                connection.cut("the client reads nothing")
            except Exception:
                logger.exception("Exception in the HTTP protocol")
                connection.close()


class ServerShare:
    """What all connections of one server share: the sweeper, unread sockets, the bytes of its own header fields."""

    def __init__(self, loop: asyncio.AbstractEventLoop, keep_alive: float) -> None:
        self.sweeper = Sweeper(loop, max(0.05, min(1.0, keep_alive / 4)))
        self.unread = UnreadSockets(loop)
        self.seen_headers: Any = None
        """The list of `server_state` that `lines` was made from; Uvicorn makes a new one each second."""
        self.lines = b""

    def note_headers(self, headers: list[tuple[bytes, bytes]]) -> None:
        self.seen_headers = headers
        self.lines = join_lines(headers)


_shares: WeakKeyDictionary[Any, ServerShare] = WeakKeyDictionary()


def share_of(server_state: Any, loop: asyncio.AbstractEventLoop, keep_alive: float) -> ServerShare:
    share = _shares.get(server_state)
    if share is None:
        share = _shares[server_state] = ServerShare(loop, keep_alive)
    return share
