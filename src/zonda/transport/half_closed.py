"""This module waits on a client that sends no more: it may be reading the answer, or it may have left.

The two look alike until something is written to the one that left, which then resets the connection. So answers are
written, queued requests are started one by one with a moment in between, and a response that makes no progress for a
while is taken for one that nobody waits for; unless what was written is still on its way, for a slow reader is no
client that left.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from zonda.transport.protocol import ZondaProtocol

_PATIENCE = 0.7
"""Seconds without a write after which nobody is thought to be there."""
_MOMENT = 0.02
"""Seconds in which a reset would arrive."""
_LOOKS = 3
"""How often silence is looked at again: where the machine held everything up, what was due comes in between."""


class HalfClosed:
    """What is known of a client since it said that it sends no more."""

    def __init__(self, connection: ZondaProtocol) -> None:
        self.connection = connection
        self._write = connection.write
        self._has_written = False
        self._looks_left = _LOOKS
        connection.write = self.write
        self._look_later()

    def write(self, data: bytes | bytearray | memoryview[Any]) -> None:
        self._has_written = True
        self._write(data)

    def start_later(self) -> None:
        connection = self.connection
        connection.loop.call_later(_MOMENT, connection.start_waiting, context=connection.context)

    def _look_later(self) -> None:
        self.connection.loop.call_later(_PATIENCE, self._look)

    def _look(self) -> None:
        connection = self.connection
        current = connection.current
        if connection.is_closing:
            return
        is_silent = not self._has_written and not connection.transport.get_write_buffer_size()
        if current is not None and is_silent and self._looks_left:
            self._looks_left -= 1
            connection.loop.call_later(_MOMENT, self._look)
            return
        if current is not None and is_silent:
            if current.started:
                connection.transport.abort()
                return
            connection.waiting.clear()
            current.note_left()
        self._has_written = False
        self._looks_left = _LOOKS
        self._look_later()
