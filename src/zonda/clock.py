"""This module tells the time to everything that depends on it, so that tests can stop it and move it.

    clock.now()          the date and time, in UTC
    clock.monotonic()    seconds since some moment, which never go back

One clock counts for the whole process: what is timed may have been started long before a test stops it, in a task or
thread of its own. What waits for a moment asks whether the clock is `stopped`, and then waits for its `move`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """What tells the time."""

    def now(self) -> datetime: ...
    def monotonic(self) -> float: ...


class SystemClock:
    """The computer's."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()


class FrozenClock:
    """A clock that stands still until it is moved."""

    def __init__(self, at: datetime | None = None, monotonic: float | None = None) -> None:
        self._now = in_utc(datetime.now(UTC) if at is None else at)
        self._monotonic = time.monotonic() if monotonic is None else monotonic
        self._timers: set[Timer] = set()

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return self._monotonic

    def move(self, by: timedelta | float) -> None:
        """Let so much time pass, given as a timedelta or in seconds, and what waits for it begin.

        Raises ValueError for time that goes back: nobody who measures it expects that.
        """
        passed = by if isinstance(by, timedelta) else timedelta(seconds=by)
        if passed < timedelta(0):
            raise ValueError(f"The clock was asked to go back by {-passed}. Set the date alone with `move_to`.")
        self._now += passed
        self._monotonic += passed.total_seconds()
        for timer in sorted(self._timers, key=lambda timer: timer.at):
            if timer.at <= self._monotonic and timer in self._timers:
                timer.cancel()
                timer.callback()

    def move_to(self, at: datetime) -> None:
        """Set the date, as an administrator does: also back, and without a second passing."""
        self._now = in_utc(at)

    def call_later(self, seconds: float, callback: Callable[[], object]) -> Timer:
        """Have `callback` called once so many seconds were let pass, by whoever moves the clock."""
        timer = Timer(self._monotonic + seconds, callback, self._timers)
        self._timers.add(timer)
        return timer


@dataclass(frozen=True, eq=False, slots=True)
class Timer:
    """What waits for a clock that stands still."""

    at: float
    callback: Callable[[], object]
    _waiting: set[Timer]

    def cancel(self) -> None:
        self._waiting.discard(self)


def in_utc(at: datetime) -> datetime:
    """Raises ValueError for a date that says nothing of its time zone."""
    if at.tzinfo is None:
        raise ValueError(f"{at!r} has no time zone. Write datetime(..., tzinfo=UTC).")
    return at.astimezone(UTC)


_current: Clock = SystemClock()


def now() -> datetime:
    """The date and time, in UTC."""
    return _current.now()


def monotonic() -> float:
    """Seconds since some moment, to measure how long things take."""
    return _current.monotonic()


def stopped() -> FrozenClock | None:
    """The clock, if it stands still."""
    return _current if isinstance(_current, FrozenClock) else None


@contextmanager
def frozen(at: datetime | None = None) -> Iterator[FrozenClock]:
    """Stop the clock of the process inside a block, at the given date or now.

    with clock.frozen(datetime(2024, 2, 29, tzinfo=UTC)) as frozen:
        frozen.move(timedelta(hours=1))
    """
    global _current
    before, _current = _current, (clock := FrozenClock(at))
    try:
        yield clock
    finally:
        _current = before
