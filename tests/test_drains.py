"""Drains: what an application starts around its lifespan, and stops in the opposite order."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
import pytest

from zonda import Zonda
from zonda.extensions import Drain, NotStarted
from zonda.testclient import TestClient


class Noting(Drain):
    """Notes what is done with it; fails, or takes its time, where it is told to."""

    def __init__(self, events: list[str], name: str, *, order: int = 0) -> None:
        self.events = events
        self.name = name
        self.order = order

    async def start(self) -> None:
        self.events.append(f"{self.name} starts")

    async def stop(self) -> None:
        self.events.append(f"{self.name} stops")


class Failing(Noting):
    async def start(self) -> None:
        raise ConnectionError("no route to host")


class FailingAtTheEnd(Noting):
    async def stop(self) -> None:
        raise ConnectionError("already closed")


class Endless(Noting):
    """Would never start or stop by itself; says when it was cancelled."""

    start_timeout: float | None = None
    stop_timeout: float | None = 0.01

    async def stop(self) -> None:
        try:
            await anyio.sleep_forever()
        finally:
            self.events.append(f"{self.name} was cancelled")


class EndlessStart(Noting):
    start_timeout: float | None = 0.01

    async def start(self) -> None:
        await anyio.sleep_forever()


def test_drains_run_around_the_lifespan_in_their_order() -> None:
    """Lower orders start earlier and stop later, equal ones as declared; the lifespan runs inside them all."""
    events: list[str] = []

    @asynccontextmanager
    async def lifespan(app: Zonda) -> AsyncIterator[None]:
        events.append("lifespan starts")
        yield
        events.append("lifespan ends")

    app = Zonda(lifespan=lifespan, drains=[Noting(events, "second"), Noting(events, "third")])
    app.add_drain(Noting(events, "first", order=-1))

    with TestClient(app):
        assert events == ["first starts", "second starts", "third starts", "lifespan starts"]
    assert events[4:] == ["lifespan ends", "third stops", "second stops", "first stops"]


def test_the_state_of_the_lifespan_reaches_requests() -> None:
    """Drains change nothing about what the lifespan yields."""

    @asynccontextmanager
    async def lifespan(app: Zonda) -> AsyncIterator[dict[str, str]]:
        yield {"shop": "open"}

    app = Zonda(lifespan=lifespan, drains=[Noting([], "pool")])

    with TestClient(app) as client:
        assert client.app_state == {"shop": "open"}


def test_a_failed_start_stops_what_had_started_and_says_so() -> None:
    """The error names the one that failed, why, and those that were stopped again; later ones never start."""
    events: list[str] = []
    app = Zonda(
        drains=[
            Noting(events, "pool"),
            Noting(events, "queue"),
            Failing(events, "cache"),
            Noting(events, "never"),
        ]
    )

    with pytest.raises(NotStarted) as raised, TestClient(app):
        raise AssertionError("not reached")

    assert str(raised.value) == ("cache did not start: ConnectionError: no route to host. Stopped again: queue, pool.")
    assert isinstance(raised.value.__cause__, ConnectionError)
    assert events == ["pool starts", "queue starts", "queue stops", "pool stops"]


def test_a_failed_lifespan_stops_the_drains() -> None:
    """Nothing stays open because the application's own startup failed."""
    events: list[str] = []

    @asynccontextmanager
    async def lifespan(app: Zonda) -> AsyncIterator[None]:
        raise KeyError("settings")
        yield

    with pytest.raises(KeyError), TestClient(Zonda(lifespan=lifespan, drains=[Noting(events, "pool")])):
        raise AssertionError("not reached")
    assert events == ["pool starts", "pool stops"]


def test_a_start_that_takes_too_long_fails() -> None:
    """Its limit is named."""
    with (
        pytest.raises(NotStarted, match=r"^queue did not start: it took longer than 0\.01 s\. Nothing had been"),
        TestClient(Zonda(drains=[EndlessStart([], "queue")])),
    ):
        raise AssertionError("not reached")


def test_a_stop_that_takes_too_long_is_cancelled_and_named(caplog: pytest.LogCaptureFixture) -> None:
    """One line says which; those before it are stopped all the same."""
    events: list[str] = []
    app = Zonda(drains=[Noting(events, "pool"), Endless(events, "consumer")])

    with caplog.at_level(logging.ERROR, logger="fastapi"), TestClient(app):
        pass

    assert [record.getMessage() for record in caplog.records] == [
        "consumer did not stop within 0.01 s and was cancelled."
    ]
    assert events == ["pool starts", "consumer starts", "consumer was cancelled", "pool stops"]


def test_an_error_at_the_end_is_logged_and_keeps_nobody(caplog: pytest.LogCaptureFixture) -> None:
    """The others are stopped, and the application's shutdown succeeds."""
    events: list[str] = []
    app = Zonda(drains=[Noting(events, "pool"), FailingAtTheEnd(events, "queue")])

    with caplog.at_level(logging.ERROR, logger="fastapi"), TestClient(app):
        pass

    [record] = caplog.records
    assert record.getMessage() == "queue did not stop as it should."
    assert record.exc_info is not None
    assert isinstance(record.exc_info[1], ConnectionError)
    assert events[-1] == "pool stops"


def test_drains_of_a_mounted_application_run_with_its_lifespan() -> None:
    """Those of an application whose lifespan runs are inside those of the application that mounts it."""
    events: list[str] = []
    app = Zonda(drains=[Noting(events, "outer")])
    app.mount("/inner", Zonda(drains=[Noting(events, "inner")]), lifespan=True)

    with TestClient(app):
        pass

    assert events == ["outer starts", "inner starts", "inner stops", "outer stops"]


def test_a_drain_is_not_added_too_late() -> None:
    """It would never be started, so it is refused while the application runs, and taken before that."""
    app = Zonda()
    with TestClient(app), pytest.raises(RuntimeError, match="queue is added to an application that runs"):
        app.add_drain(Noting([], "queue"))

    app.add_drain(Noting([], "queue"))


def test_what_is_no_drain_is_refused() -> None:
    """At the line where it is given, with what to write."""
    with pytest.raises(TypeError, match=r"is not a Drain.*Derive its class from `zonda.extensions.Drain`"):
        Zonda(drains=[object()])  # type: ignore[list-item]


def test_a_drain_that_would_not_be_awaited_is_refused() -> None:
    """What a plain function did would have been done, and then failed."""

    class Plain(Drain):
        def stop(self) -> None: ...  # type: ignore[override]  # that is the mistake

    with pytest.raises(TypeError, match=r"`stop` of Plain is awaited. Write `async def stop\(self\)`"):
        Zonda(drains=[Plain()])
