"""This module tests what an application says about its routes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial
from typing import Annotated, Any

import pytest
from pydantic import BaseModel
from starlette.types import ASGIApp, Receive, Scope, Send

from zonda import APIRouter, Depends, WebSocket, Zonda, routing
from zonda.analysis.plan import RoutePlan
from zonda.inspection import NoRouteError, explain, findings, inspect_routes
from zonda.middleware.cors import CORSMiddleware
from zonda.responses import JSONResponse, PlainTextResponse
from zonda.routing import APIRoute


class Item(BaseModel):
    name: str


async def connection() -> AsyncIterator[str]:
    yield "connection"


def make_app() -> Zonda:
    app = Zonda()
    router = APIRouter(prefix="/items")

    @router.get("/{item_id}")
    async def read_item(item_id: int, db: Annotated[str, Depends(connection)]) -> Item:
        return Item(name=db)

    @router.post("/")
    async def write_item(item: Item) -> Item:
        return item

    @app.websocket("/chat")
    async def chat(websocket: WebSocket) -> None: ...

    app.include_router(router, prefix="/v1")
    app.mount("/static", PlainTextResponse("files"), name="files")
    return app


class OnlyASGI:
    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)


def by_path(app: Zonda) -> dict[str, Any]:
    return {route.path: route for route in inspect_routes(app)}


def test_routes_are_listed_as_requests_reach_them() -> None:
    """Every route has the path that all routers around it make, in the order of matching."""
    found = [(route.kind, route.methods, route.path) for route in inspect_routes(make_app()) if route.kind != "page"]

    assert found == [
        ("websocket", (), "/chat"),
        ("http", ("GET",), "/v1/items/{item_id}"),
        ("http", ("POST",), "/v1/items/"),
        ("mount", (), "/static"),
    ]


def test_endpoints_are_named() -> None:
    """The endpoint's module and name are said."""
    found = by_path(make_app())["/v1/items/{item_id}"].endpoint

    assert found.startswith(__name__)
    assert found.endswith("read_item")


def test_compiled_routes_take_the_native_path() -> None:
    """A route is native unless it is no compiled one; the reason is a text."""
    routes = by_path(make_app())

    assert routes["/v1/items/{item_id}"].is_native
    assert routes["/docs"].is_native
    assert routes["/chat"].why_not_native == "a websocket is answered through ASGI"
    assert routes["/static"].why_not_native == "a mount is answered through ASGI"


def test_known_middleware_leaves_the_native_path() -> None:
    """Middleware that knows exchanges is not in the way."""
    app = make_app()
    app.add_middleware(CORSMiddleware, allow_origins=["*"])

    assert by_path(app)["/v1/items/{item_id}"].is_native


def test_unknown_middleware_is_named() -> None:
    """Middleware that only speaks ASGI keeps every request from the native path, and is named."""
    app = make_app()
    app.add_middleware(OnlyASGI)

    assert "OnlyASGI" in by_path(app)["/v1/items/{item_id}"].why_not_native


def test_a_handler_of_its_own_is_named() -> None:
    """A route class that answers by itself is not compiled."""

    class Timed(APIRoute):
        def get_route_handler(self) -> Any:
            return super().get_route_handler()

    app = Zonda()
    app.router.route_class = Timed
    app.add_api_route("/timed", lambda: None)

    assert by_path(app)["/timed"].why_not_native == "Timed has a `get_route_handler` of its own"


def test_each_reason_why_a_route_is_not_compiled_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """A replaced `app`, a replaced name of FastAPI's, replaced threads: `explain` says which it is."""
    app = Zonda()
    app.get("/replaced")(lambda: None)
    app.get("/")(lambda: None)
    route: Any = app.routes[0]
    route.app = JSONResponse({})

    assert by_path(app)["/replaced"].why_not_native == "its `app` was replaced"
    assert by_path(app)["/"].is_native
    with monkeypatch.context() as patch:
        patch.setattr(routing, "run_endpoint_function", lambda: None)
        assert "run_endpoint_function of zonda.routing replaced" in str(by_path(app)["/"].why_not_native)
    with monkeypatch.context() as patch:
        patch.setattr("starlette.concurrency.run_in_threadpool", partial(print))
        assert "run_in_threadpool was replaced" in str(by_path(app)["/"].why_not_native)


def test_a_request_is_explained() -> None:
    """The route that answers is found by method and path; its plan and its source are given."""
    found = explain(make_app(), "get", "/v1/items/5?q=1")

    assert found.route.path == "/v1/items/{item_id}"
    assert isinstance(found.plan, RoutePlan)
    assert [item.call.name for item in found.plan.dependencies] == ["connection"]
    assert found.source is not None
    assert "await read_item(" in found.source


def test_a_websocket_is_explained() -> None:
    """The method WEBSOCKET asks for a websocket route."""
    assert "chat" in (explain(make_app(), "WEBSOCKET", "/chat").source or "")


def test_a_mount_has_no_plan() -> None:
    """What is behind a mount is not ours to plan."""
    found = explain(make_app(), "GET", "/static/logo.png")

    assert (found.route.kind, found.plan, found.source) == ("mount", None, None)


@pytest.mark.parametrize(
    ("method", "path", "message"),
    [
        ("DELETE", "/v1/items/5", "DELETE /v1/items/5 is answered with 405: the path has GET."),
        ("GET", "/nowhere", "GET /nowhere is answered with 404: no route matches."),
    ],
)
def test_requests_that_no_route_answers(method: str, path: str, message: str) -> None:
    """A wrong method and an unknown path are told apart."""
    with pytest.raises(NoRouteError) as raised:
        explain(make_app(), method, path)

    assert str(raised.value) == message


def test_what_is_odd_is_found_once() -> None:
    """A dependency of several routes, included ones and websockets, is told once, where it is met first."""

    async def odd(*args: int) -> None: ...

    app, router = Zonda(), APIRouter(prefix="/sub", dependencies=[Depends(odd)])

    @router.get("/{name}")
    async def included() -> None: ...

    @router.websocket("/{room}")
    async def talk(websocket: WebSocket) -> None: ...

    @app.get("/first", dependencies=[Depends(odd)])
    async def first() -> None: ...

    app.include_router(router)

    assert [(it.operation, it.place.name, it.what) for it in findings(app)] == [
        ("GET /first", "odd", "`*args` is read as a query parameter with the name `args`"),
        ("GET /sub/{name}", "included", "The path has `{name}`, and nothing reads it"),
    ]
