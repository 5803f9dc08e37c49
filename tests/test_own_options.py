"""What Zonda adds to FastAPI's options is inherited, and invisible where nobody uses it."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

from zonda import APIRouter, Zonda
from zonda.analysis.planning import plan_route
from zonda.own_options import NAMES
from zonda.routing import APIRoute, iter_route_contexts


def deadlines(app: Zonda) -> dict[str, float | None]:
    """What plans say, by path."""
    return {
        str(context.path): plan_route(context._effective_route).own.deadline
        for context in iter_route_contexts(app.routes)
        if isinstance(context.original_route, APIRoute)
    }


def test_the_nearest_declaration_wins() -> None:
    """The operation before its router, the router before its inclusion, that before the application."""
    app = Zonda(deadline=1)
    inner = APIRouter(prefix="/inner")
    strict = APIRouter(prefix="/strict", deadline=3)
    for router in (inner, strict):
        router.get("/own", deadline=4)(lambda: None)
        router.get("/plain")(lambda: None)
    app.get("/plain")(lambda: None)
    app.include_router(inner, deadline=2)
    app.include_router(strict, deadline=2)
    app.include_router(strict, prefix="/again")

    assert deadlines(app) == {
        "/plain": 1,
        "/inner/own": 4,
        "/inner/plain": 2,
        "/strict/own": 4,
        "/strict/plain": 3,
        "/again/strict/own": 4,
        "/again/strict/plain": 3,
    }


def test_inclusions_inside_inclusions_are_counted_from_within() -> None:
    """A router two inclusions down has the option of the nearer one."""
    app, outer, inner = Zonda(), APIRouter(prefix="/outer"), APIRouter(prefix="/inner")
    inner.get("/")(lambda: None)
    outer.include_router(inner, deadline=2)
    outer.get("/")(lambda: None)
    app.include_router(outer, deadline=1)

    assert deadlines(app) == {"/outer/inner/": 2, "/outer/": 1}


def test_what_nobody_set_is_not_passed_on() -> None:
    """Packages override the declaring methods and route classes with FastAPI's own signatures, which lack ours."""
    seen: set[str] = set()

    class Router(APIRouter):
        def add_api_route(self, path: str, endpoint: Any, **options: Any) -> None:
            seen.update(options)
            super().add_api_route(path, endpoint, **options)

    class Route(APIRoute):
        def __init__(self, path: str, endpoint: Any, **options: Any) -> None:
            seen.update(options)
            super().__init__(path, endpoint, **options)

    Router(route_class=Route).get("/")(lambda: None)

    assert seen.isdisjoint(NAMES)


@pytest.mark.parametrize(
    "declare", [Zonda, Zonda.include_router, Zonda.get, APIRouter, APIRouter.include_router, APIRouter.add_api_route]
)
def test_signatures_show_them_last(declare: Any) -> None:
    """Editors list our options behind FastAPI's, and none of them has to be given."""
    parameters = inspect.signature(declare).parameters

    assert tuple(parameters)[-len(NAMES) :] == NAMES
    assert all(parameters[name].default is None for name in NAMES)


@pytest.mark.parametrize("declare", [Zonda, APIRouter])
def test_unknown_ones_are_refused(declare: Any) -> None:
    """A misspelt option fails where it is written."""
    with pytest.raises(TypeError, match=r"unexpected keyword argument 'dedline'\. Did you mean 'deadline'\?"):
        declare(dedline=1)


@pytest.mark.parametrize("seconds", [0, -1, float("nan")])
def test_a_deadline_is_a_time(seconds: float) -> None:
    """A deadline that no request could keep is refused where it is written."""
    with pytest.raises(ValueError, match="number of seconds above 0"):
        Zonda().get("/", deadline=seconds)(lambda: None)
