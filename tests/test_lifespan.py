"""Lifespans: whose run, in which order, with which state."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import pytest

from zonda import APIRouter, Request, Zonda
from zonda.testclient import TestClient


def noting(events: list[str], name: str, **state: Any) -> Callable[[Any], AbstractAsyncContextManager[Any]]:
    @asynccontextmanager
    async def lifespan(app: Any) -> AsyncIterator[dict[str, Any]]:
        events.append(f"{name} starts")
        yield state
        events.append(f"{name} ends")

    return lifespan


def test_lifespans_of_included_routers_run_inside() -> None:
    """Each router's lifespan runs within that of what includes it; the outer value of a key stays."""
    events: list[str] = []
    router = APIRouter(lifespan=noting(events, "router", shared="router", own=True))
    app = Zonda(lifespan=noting(events, "app", shared="app"))
    app.include_router(router)

    @app.get("/")
    async def state(request: Request) -> list[Any]:
        return [request.state.shared, request.state.own]

    with TestClient(app) as client:
        assert client.get("/").json() == ["app", True]
    assert events == ["app starts", "router starts", "router ends", "app ends"]


def test_routes_added_in_the_lifespan_answer() -> None:
    """The lifespan is a place to declare things."""

    @asynccontextmanager
    async def lifespan(app: Zonda) -> AsyncIterator[None]:
        app.get("/late")(lambda: "late")
        yield

    with TestClient(Zonda(lifespan=lifespan)) as client:
        assert client.get("/late").json() == "late"


def test_startup_and_shutdown_functions_run() -> None:
    """Functions with and without `async`, given as arguments or declared, in their order."""
    events: list[str] = []
    app = Zonda(on_startup=[lambda: events.append("first")], on_shutdown=[lambda: events.append("last")])
    with pytest.warns(DeprecationWarning, match="on_event is deprecated"):

        @app.on_event("startup")
        async def second() -> None:
            events.append("second")

    with TestClient(app):
        assert events == ["first", "second"]
    assert events == ["first", "second", "last"]


def test_lifespans_of_mounted_applications_are_named_and_do_not_run(caplog: pytest.LogCaptureFixture) -> None:
    """As on FastAPI they do not run; one warning at the start says which."""
    events: list[str] = []
    app = Zonda()
    app.mount("/one", Zonda(lifespan=noting(events, "one")))
    app.mount("/two", Zonda())

    with caplog.at_level(logging.WARNING, logger="fastapi"), TestClient(app):
        pass

    assert events == []
    [record] = caplog.records
    assert "/one" in record.getMessage()
    assert "/two" not in record.getMessage()


@pytest.mark.parametrize(("options", "mounting"), [({"corrections": True}, {}), ({}, {"lifespan": True})])
def test_lifespans_of_mounted_applications_run_when_asked(options: Any, mounting: Any) -> None:
    """Asked for one or for all, they run inside the application's own and are given their own application."""
    events: list[str] = []
    app = Zonda(lifespan=noting(events, "app"), **options)
    app.mount("/child", Zonda(lifespan=noting(events, "child")), **mounting)

    with TestClient(app):
        pass

    assert events == ["app starts", "child starts", "child ends", "app ends"]


def test_a_lifespan_that_was_passed_on_runs_once() -> None:
    """Applications pass a mounted one's lifespan to their own; that is not run again."""
    events: list[str] = []
    child = Zonda(lifespan=noting(events, "child"))
    app = Zonda(lifespan=child.router.lifespan_context, corrections=True)
    app.mount("/child", child)

    with TestClient(app):
        pass

    assert events == ["child starts", "child ends"]
