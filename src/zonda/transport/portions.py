"""This module has what came on a connection read in portions, with the turns of the others in between.

An event loop goes on reading one socket as long as there is something in it, megabytes at a time. Where every byte of
that costs time, as with chunks or fragments of one byte, all other connections would wait for the one that sends them.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Protocol

MUCH = 4 * 1024
"""Bytes in one piece from which on it is worth asking how long reading them took."""
_PORTION = 16 * 1024
_LONGEST_READ = 0.001
"""Seconds that one connection may be read before others have their turn."""


class Held(Protocol):
    """The socket, which is not read while there is something of a piece left."""

    def hold(self) -> None: ...

    def release(self) -> None: ...


class Portions:
    """What came and was not read yet."""

    __slots__ = ("_is_full", "_loop", "_read", "held", "rest")

    held: Held

    def __init__(
        self, loop: asyncio.AbstractEventLoop, read: Callable[[bytes], None], is_full: Callable[[], bool]
    ) -> None:
        """`read` takes a portion; while `is_full` says so, no more is read until somebody calls `go_on`."""
        self._loop = loop
        self._read = read
        self._is_full = is_full
        self.rest = b""
        """What is left, also while a portion is read."""

    def take(self, data: bytes) -> None:
        if self.rest:
            self.rest += data
        else:
            self.rest = data
            self.go_on()

    def go_on(self) -> None:
        """Read for a moment, and go on later if there is more."""
        began = time.perf_counter()
        while rest := self.rest:
            self.rest = rest[_PORTION:]
            self._read(rest[:_PORTION])
            if not self.rest:
                break
            if self._is_full():
                self.held.hold()
                return
            if time.perf_counter() - began > _LONGEST_READ:
                self.held.hold()
                self.go_on_later()
                return
        self.held.release()

    def go_on_later(self) -> None:
        self._loop.call_soon(self.go_on)

    def read_all(self) -> None:
        """Read what is left now: nothing comes behind it."""
        rest, self.rest = self.rest, b""
        if rest:
            self._read(rest)

    def drop(self) -> None:
        self.rest = b""
        self.held.release()
