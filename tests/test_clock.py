"""Tests of the clock that time-dependent parts ask."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from zonda import clock

LEAP_DAY = datetime(2024, 2, 29, 12, tzinfo=UTC)


def test_the_clock_is_the_computers() -> None:
    """Outside tests, time passes, and dates are in UTC."""
    before = datetime.now(UTC)

    assert before <= clock.now() <= datetime.now(UTC)
    assert clock.now().tzinfo is UTC
    assert clock.monotonic() <= clock.monotonic()


def test_a_frozen_clock_stands_still_until_it_is_moved() -> None:
    """Moving lets date and seconds pass by the same amount."""
    with clock.frozen(LEAP_DAY) as frozen:
        started = clock.monotonic()
        assert clock.now() == LEAP_DAY
        frozen.move(timedelta(hours=1))
        frozen.move(0.5)

        assert clock.now() == LEAP_DAY + timedelta(hours=1, seconds=0.5)
        assert clock.monotonic() - started == pytest.approx(3600.5)

    assert clock.now() > LEAP_DAY + timedelta(days=1)


def test_the_date_can_be_set_back() -> None:
    """A date that an administrator sets back is no time that passes."""
    with clock.frozen(LEAP_DAY) as frozen:
        started = clock.monotonic()
        frozen.move_to(LEAP_DAY - timedelta(days=1))

        assert clock.now() == LEAP_DAY - timedelta(days=1)
        assert clock.monotonic() == started


def test_what_waits_for_a_moment_begins_when_the_clock_is_moved_to_it() -> None:
    """In the order of time, once, and not when it was cancelled; the date alone lets nobody wait less."""
    called: list[str] = []
    with clock.frozen(LEAP_DAY) as frozen:
        frozen.call_later(2, lambda: called.append("second"))
        frozen.call_later(1, lambda: called.append("first"))
        frozen.call_later(1, lambda: called.append("cancelled")).cancel()
        frozen.call_later(3, lambda: called.append("third"))
        frozen.move_to(LEAP_DAY + timedelta(days=1))
        assert called == []

        frozen.move(2)
        frozen.move(0.5)

    assert called == ["first", "second"]


def test_whether_the_clock_stands_still_is_known() -> None:
    """What waits asks it, and waits for the clock's own `move` then."""
    assert clock.stopped() is None
    with clock.frozen() as frozen:
        assert clock.stopped() is frozen
    assert clock.stopped() is None


def test_blocks_nest() -> None:
    """The inner block ends at the time of the outer one."""
    with clock.frozen(LEAP_DAY):
        with clock.frozen() as inner:
            inner.move(1)
            assert clock.now() > LEAP_DAY
        assert clock.now() == LEAP_DAY


def test_what_is_no_moment_is_refused() -> None:
    """Time does not go back, and a date without a zone is no moment; others are turned into UTC."""
    with clock.frozen(datetime(2024, 2, 29, 13, tzinfo=timezone(timedelta(hours=1)))) as frozen:
        assert clock.now() == LEAP_DAY
        with pytest.raises(ValueError, match="go back by 0:00:01"):
            frozen.move(-1)
    with pytest.raises(ValueError, match="no time zone"):
        clock.FrozenClock(datetime(2024, 2, 29))
