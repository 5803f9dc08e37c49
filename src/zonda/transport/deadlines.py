"""This module knows when a connection has waited long enough: numbers, looked at once a second.

Nothing that a client sends moves the deadline of a head. The bytes of a body buy time, at `body_rate` bytes a second
and never more than twice the grace in advance, so that a fast start does not pay for a long silence.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from zonda.transport.farewells import acknowledged, untaken
from zonda.transport.refusals import too_slow

if TYPE_CHECKING:
    from zonda.transport.native import NativeExchange
    from zonda.transport.protocol import ZondaProtocol
    from zonda.transport.websockets import ZondaWebSocketProtocol


class Idle(Exception):
    """The connection is to be closed without an answer."""


class Stalled(Exception):
    """The client reads nothing: the connection is to be cut."""


class ReadingClock:
    """Knows how long a client has read nothing of what waits for it."""

    __slots__ = ("_progressed", "_seen")

    def __init__(self, now: float) -> None:
        self._seen = (0, 0)
        self._progressed = now

    def check(self, connection: ZondaProtocol | ZondaWebSocketProtocol, now: float) -> None:
        """Raise Stalled when it is too long."""
        timeout = connection.limits.send_timeout
        if not timeout:
            return
        transport = connection.transport
        buffered = untaken(transport)
        if not buffered:
            self._progressed = now
        elif (seen := (buffered, acknowledged(transport))) != self._seen:
            self._seen = seen
            self._progressed = now
        elif now - self._progressed > timeout:
            raise Stalled


class Deadlines(ReadingClock):
    """The clocks of one connection."""

    __slots__ = (
        "_credit",
        "_paid_size",
        "_rated",
        "_swept",
        "ends_at",
        "head_since",
        "idle_since",
    )

    def __init__(self, now: float) -> None:
        super().__init__(now)
        self.head_since: float | None = now
        """When the head under way began; that of a connection's first request begins with the connection."""
        self.idle_since = now
        self.ends_at: float | None = None
        """When a connection that was answered and closed by us ends, whether or not the client agrees."""
        self._swept = now
        self._rated: NativeExchange | None = None
        self._credit = 0.0
        """Seconds that the body under way is ahead of its slowest rate."""
        self._paid_size = 0

    def check(self, connection: Any, now: float) -> None:
        """Raise Refusal, Idle or Stalled when something is late."""
        elapsed, self._swept = now - self._swept, now
        limits = connection.limits
        super().check(connection, now)
        if connection.is_closing:
            if self.ends_at is not None and now >= self.ends_at:
                connection.end()
            return
        receiving = connection.recorder.receiving
        if receiving is not None:
            if limits.body_rate and not connection.flow.is_reading_paused and not receiving.expects_continue:
                self._check_body(receiving, limits.body_rate, limits.body_grace, elapsed)
        elif connection.current is None and not connection.waiting:
            self._check_head(connection, now)

    def _check_body(self, receiving: NativeExchange, rate: float, grace: float, elapsed: float) -> None:
        if self._rated is not receiving:  # not swept before: it has its grace from now on
            self._rated = receiving
            self._credit = grace
            self._paid_size = receiving.fed_size
            return
        bought = (receiving.fed_size - self._paid_size) / rate
        self._paid_size = receiving.fed_size
        self._credit = min(2 * grace, self._credit + bought) - elapsed
        if self._credit < 0:
            raise too_slow("body too slow")

    def _check_head(self, connection: ZondaProtocol, now: float) -> None:
        self._rated = None
        since, timeout = self.head_since, connection.limits.head_timeout
        if since is not None:
            if timeout and now - since > timeout:
                raise too_slow("head too slow") if connection.recorder.partial else Idle
        elif now - self.idle_since >= connection.config.timeout_keep_alive:
            raise Idle
