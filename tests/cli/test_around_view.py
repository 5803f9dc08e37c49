"""This module tests what `zonda explain` says of what stands around a route."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel
from starlette.middleware import Middleware
from starlette.types import ASGIApp

from zonda import APIRouter, Zonda
from zonda.cli.around_view import around_lines
from zonda.inspection import explain
from zonda.middleware.gzip import GZipMiddleware


class NotFound(Exception):
    pass


class Conflict(Exception):
    pass


class Body(BaseModel):
    detail: str


class Traced:
    def __init__(self, app: ASGIApp) -> None:
        self.app = app


async def say_it(request: Any, error: Exception) -> None: ...


def test_what_stands_around_a_route_is_listed() -> None:
    """The middleware from the outside, then who answers which error, those first that are asked first."""
    app = Zonda(errors={NotFound: 404}, exception_handlers={500: say_it})
    router = APIRouter(
        middleware=[Middleware(GZipMiddleware), Middleware(Traced)],
        exception_handlers={418: say_it},
        errors={Conflict: (409, Body)},
    )
    router.get("/own", errors={KeyError: 410})(lambda: None)
    app.include_router(router)
    app.get("/plain")(lambda: None)

    assert list(around_lines(explain(app, "GET", "/own").route)) == [
        "within GZipMiddleware",
        "within Traced, through ASGI",
        "on KeyError: 410",
        "on 418: say_it()",
        "on Conflict: 409, Body",
        "on NotFound: 404",
        "",
    ]
    assert list(around_lines(explain(app, "GET", "/plain").route)) == ["on NotFound: 404", ""]
    assert list(around_lines(explain(app, "GET", "/docs").route)) == []
