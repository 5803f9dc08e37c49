"""This module tests what routers put around their routes: middleware and exception handlers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from copy import deepcopy
from pathlib import Path
from typing import Annotated, Any

import pytest
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from zonda import APIRouter, Depends, HTTPException, WebSocket, Zonda
from zonda.inspection import inspect_routes
from zonda.middleware.cors import CORSMiddleware
from zonda.middleware.gzip import GZipMiddleware
from zonda.routing import APIRoute
from zonda.testclient import TestClient
from zonda.websockets import WebSocketDisconnect


class Named:
    """A middleware that only speaks ASGI: it adds its name to the header `x-through`."""

    def __init__(self, app: ASGIApp, name: str) -> None:
        self.app = app
        self.name = name
        self.seen: list[str] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_named(message: Message) -> None:
            if message["type"].endswith((".start", ".accept")):
                message["headers"] = [*message.get("headers", ()), (b"x-through", self.name.encode())]
            await send(message)

        self.seen.append(scope["path"])
        await self.app(dict(scope), receive, send_named)


class Counting:
    """One that counts the requests that one instance of it has seen."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.count = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.count += 1
        scope["count"] = self.count
        await self.app(scope, receive, send)


def named(name: str, *, is_function: bool) -> Middleware:
    """A middleware of either kind that says its name."""
    if not is_function:
        return Middleware(Named, name)

    async def add_name(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        response = await call_next(request)
        response.headers.append("x-through", name)
        return response

    from starlette.middleware.base import BaseHTTPMiddleware

    return Middleware(BaseHTTPMiddleware, dispatch=add_name)


class OwnHandler(APIRoute):
    """A route that is run step by step."""

    def get_route_handler(self) -> Any:
        return super().get_route_handler()


left: list[str] = []


async def opened() -> AsyncIterator[str]:
    yield "opened"
    left.append("closed")


def number() -> int:
    return 1


class Broken(Exception):
    pass


class MoreBroken(Broken):
    pass


async def fail(request: Request) -> Response:
    raise Broken


async def fail_as_application(scope: Scope, receive: Receive, send: Send) -> None:
    raise Broken


def answering(text: str) -> Callable[[Any, Exception], Response]:
    return lambda request, error: PlainTextResponse(text, 418)


def through(response: Any) -> list[str]:
    """The names of the middleware that a response passed, from the innermost on."""
    return [value.decode() for name, value in response.headers.raw if name == b"x-through"]


@pytest.fixture(params=[True, False], ids=["functions", "ASGI"])
def app(request: pytest.FixtureRequest) -> Zonda:
    """A tree of routers with routes of every kind, and middleware of one kind around them."""
    make: Any = lambda name: named(name, is_function=request.param)  # noqa: E731
    app = Zonda()
    inner = APIRouter(prefix="/inner", middleware=[make("inner")])
    outer = APIRouter(prefix="/outer", middleware=[make("first"), make("second")])

    @inner.get("/operation/{number}")
    async def operation(number: int) -> int:
        return number

    @inner.get("/broken")
    async def broken() -> None:
        raise Broken

    stepped = APIRouter(route_class=OwnHandler)

    @stepped.get("/stepped")
    async def stepped_broken() -> None:
        raise Broken

    inner.include_router(stepped)
    inner.add_route("/route", fail)
    inner.mount("/mount", fail_as_application)

    @outer.get("/own")
    async def own() -> None:
        raise HTTPException(404, "no such thing")

    @app.get("/outside")
    async def outside() -> None: ...

    outer.exception_handler(Broken)(answering("handled"))
    outer.include_router(inner, middleware=[make("inclusion")])
    app.include_router(outer)
    app.include_router(inner, prefix="/again")
    mounted = APIRouter()
    mounted.include_router(outer)
    app.mount("/mounted", mounted)
    return app


ALL = ["inner", "inclusion", "second", "first"]


@pytest.mark.parametrize("root", ["", "/mounted"])
@pytest.mark.parametrize(
    ("path", "status", "passed"),
    [
        ("/outer/inner/operation/1", 200, ALL),
        ("/outer/inner/operation/x", 422, ALL),
        ("/outer/inner/broken", 418, ALL),
        ("/outer/inner/stepped", 418, ALL),
        ("/outer/route", 418, ALL),
        ("/outer/mount/below", 418, ALL),
        ("/outer/own", 404, ["second", "first"]),
        ("/outer/nothing", 404, []),
    ],
)
def test_middleware_stands_around_the_routes_of_its_router(
    app: Zonda, root: str, path: str, status: int, passed: list[str]
) -> None:
    """The router's own inside that of its inclusion, around routes of every kind, and around no others."""
    response = TestClient(app).get(root + path)

    assert (response.status_code, through(response)) == (status, passed)


def test_each_inclusion_has_its_own(app: Zonda) -> None:
    """A router that is included twice has its own middleware twice, and each time what stands around it there."""
    client = TestClient(app)

    assert through(client.get("/again/inner/operation/1")) == ["inner"]
    assert through(client.get("/outside")) == []


def test_middleware_that_knows_exchanges_stays_native() -> None:
    """Unknown middleware takes its own routes off the native path, and no others; each route says so."""
    app, known, unknown = Zonda(), APIRouter(prefix="/known"), APIRouter(prefix="/unknown")
    known.add_middleware(CORSMiddleware, allow_origins=["*"])
    unknown.add_middleware(Named, "unknown")
    for router in (known, unknown):
        router.get("/")(lambda: None)
        app.include_router(router)

    reasons = {route.path: route.why_not_native for route in inspect_routes(app) if route.kind == "http"}

    assert not isinstance(app.native_pipeline(), str)
    assert reasons == {"/known/": None, "/unknown/": "the middleware Named of its router speaks only ASGI"}


def test_a_middleware_is_built_once() -> None:
    """What a middleware remembers, it remembers for all routes of its router, and for one application."""
    router = APIRouter(middleware=[Middleware(Counting)])

    @router.get("/one")
    @router.get("/two")
    async def count(request: Request) -> int:
        seen: int = request.scope["count"]
        return seen

    for _ in range(2):
        app = Zonda()
        app.include_router(router)
        client = TestClient(app)

        assert [client.get(path).json() for path in ("/one", "/two", "/one")] == [1, 2, 3]


def test_preflights_reach_the_middleware_of_the_path() -> None:
    """A method that a path does not have passes the middleware of its router, so that CORS may answer OPTIONS."""
    app, router = Zonda(), APIRouter(middleware=[Middleware(CORSMiddleware, allow_origins=["*"])])
    router.get("/items")(lambda: None)
    app.include_router(router)
    client = TestClient(app)
    origin = {"Origin": "https://shop.example"}

    preflight = client.options("/items", headers={**origin, "Access-Control-Request-Method": "GET"})
    refused = client.post("/items", headers=origin)

    assert preflight.status_code == 200
    assert (refused.status_code, refused.headers["allow"]) == (405, "GET")
    assert refused.headers["access-control-allow-origin"] == "*"


def test_a_stream_passes_through() -> None:
    """Wraps and ASGI middleware of routers take streams and what is closed after them."""
    left.clear()
    app = Zonda()
    router = APIRouter(
        middleware=[
            Middleware(GZipMiddleware, minimum_size=1),
            named("function", is_function=True),
            named("ASGI", is_function=False),
        ]
    )

    @router.get("/lines")
    async def lines(value: Annotated[str, Depends(opened)]) -> AsyncIterator[str]:
        for _ in range(3):
            yield value

    app.include_router(router)

    response = TestClient(app).get("/lines")

    assert response.text == '"opened"\n' * 3
    assert response.headers["content-encoding"] == "gzip"
    assert through(response) == ["ASGI", "function"]
    assert left == ["closed"]


def test_overrides_count_behind_middleware() -> None:
    """Dependencies are replaced in routes that have middleware as in all others."""
    app, router = Zonda(), APIRouter(middleware=[named("function", is_function=True)])

    @router.get("/")
    async def read(number: Annotated[int, Depends(number)]) -> int:
        return number

    app.include_router(router)
    app.dependency_overrides[number] = lambda: 2

    assert TestClient(app).get("/").json() == 2


# Websockets


def test_websockets_pass_through_asgi_middleware_and_meet_handlers() -> None:
    """Plain ASGI middleware stands around websockets; errors before they are accepted find the router's handlers."""
    app, outer = Zonda(), APIRouter(prefix="/outer", middleware=[Middleware(Named, "outer")])
    inner = APIRouter(prefix="/inner", middleware=[Middleware(Named, "inner"), named("function", is_function=True)])

    @inner.websocket("/echo/{number}")
    async def echo(websocket: WebSocket, number: int) -> None:
        await websocket.accept()
        await websocket.send_json(number)
        await websocket.close()

    @inner.websocket("/broken")
    async def broken(websocket: WebSocket) -> None:
        raise Broken

    @outer.exception_handler(Broken)
    async def close(websocket: WebSocket, error: Broken) -> None:
        await websocket.close(4000)

    outer.include_router(inner)
    app.include_router(outer)
    mounted = APIRouter()
    mounted.include_router(outer)
    app.mount("/mounted", mounted)
    client = TestClient(app)

    for root in ("", "/mounted"):
        with client.websocket_connect(f"{root}/outer/inner/echo/5") as session:
            assert session.receive_json() == 5
            assert session.extra_headers == [(b"x-through", b"inner"), (b"x-through", b"outer")]
        with pytest.raises(WebSocketDisconnect) as caught, client.websocket_connect(f"{root}/outer/inner/broken"):
            pass
        assert caught.value.code == 4000


# Exception handlers


@pytest.mark.parametrize("route_class", [APIRoute, OwnHandler], ids=["compiled", "stepped"])
@pytest.mark.parametrize("has_middleware", [False, True])
def test_handlers_are_asked_from_the_innermost_router_outwards(
    route_class: type[APIRoute], has_middleware: bool
) -> None:
    """A broader class further in comes before a narrower one further out; at one level the status comes first."""
    around = [named("x", is_function=True)] if has_middleware else None
    app = Zonda(exception_handlers={MoreBroken: answering("application"), KeyError: answering("application's key")})
    outer = APIRouter(exception_handlers={MoreBroken: answering("outer"), 404: answering("outer 404")})
    inner = APIRouter(
        route_class=route_class,
        middleware=around,
        exception_handlers={Broken: answering("inner"), 409: answering("409"), HTTPException: answering("HTTP")},
    )
    errors = {"more": MoreBroken(), "404": HTTPException(404), "409": HTTPException(409), "key": KeyError()}

    @inner.get("/inner/{name}")
    async def raise_inner(name: str) -> None:
        raise errors[name]

    @outer.get("/outer/{name}")
    async def raise_outer(name: str) -> None:
        raise errors[name]

    @app.get("/{name}")
    async def raise_it(name: str) -> None:
        raise errors[name]

    outer.include_router(inner)
    app.include_router(outer)
    client = TestClient(app)

    said = {
        path: client.get(path).text
        for path in ("/inner/more", "/inner/404", "/inner/409", "/inner/key", "/outer/more", "/outer/404", "/more")
    }

    assert said == {
        "/inner/more": "inner",
        "/inner/404": "HTTP",
        "/inner/409": "409",
        "/inner/key": "application's key",
        "/outer/more": "outer",
        "/outer/404": "outer 404",
        "/more": "application",
    }


@pytest.mark.parametrize("route_class", [APIRoute, OwnHandler], ids=["compiled", "stepped"])
@pytest.mark.parametrize("has_middleware", [False, True])
def test_what_a_handler_raises_is_for_the_levels_outside(route_class: type[APIRoute], has_middleware: bool) -> None:
    """A handler may turn an error into another one, which its own level is not asked about."""

    async def translate(request: Request, error: Exception) -> Response:
        raise MoreBroken from error

    around = [named("x", is_function=True)] if has_middleware else None
    app, outer = Zonda(), APIRouter(exception_handlers={Broken: answering("outer")})
    inner = APIRouter(
        route_class=route_class,
        middleware=around,
        exception_handlers={KeyError: translate, Broken: answering("inner")},
    )

    @inner.get("/")
    async def raise_it() -> None:
        raise KeyError

    outer.include_router(inner)
    app.include_router(outer)

    assert TestClient(app).get("/").text == "outer"


@pytest.mark.parametrize("is_function", [True, False])
def test_what_a_middleware_raises_is_for_the_levels_outside(is_function: bool) -> None:
    """The handlers of a router stand inside its middleware, and those of the router around it outside."""

    async def refuse(request: Request, call_next: Any) -> Response:
        raise Broken

    class Refuse:
        def __init__(self, app: ASGIApp) -> None:
            self.app = app

        async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
            raise Broken

    app = Zonda(exception_handlers={Broken: answering("application")})
    outer = APIRouter(exception_handlers={Broken: answering("outer")})
    inner = APIRouter(prefix="/inner", exception_handlers={Broken: answering("inner")})
    alone = APIRouter(prefix="/alone", exception_handlers={Broken: answering("alone")})
    for router in (inner, alone):
        router.get("/")(lambda: None)
        if is_function:
            router.middleware("http")(refuse)
        else:
            router.add_middleware(Refuse)
    outer.include_router(inner)
    mounted = APIRouter()
    mounted.include_router(outer)
    app.include_router(outer)
    app.include_router(alone)
    app.mount("/mounted", mounted)
    client = TestClient(app)

    assert client.get("/inner/").text == client.get("/mounted/inner/").text == "outer"
    assert client.get("/alone/").text == "application"


def test_handlers_run_after_the_exits() -> None:
    """A router's handler answers when the dependencies of the route were left, as the application's do."""
    order: list[str] = []

    async def opened() -> AsyncIterator[None]:
        try:
            yield
        finally:
            order.append("exit")

    async def handle(request: Request, error: Broken) -> Response:
        order.append("handler")
        return PlainTextResponse("", 418)

    app, router = Zonda(), APIRouter(dependencies=[Depends(opened)], exception_handlers={Broken: handle})
    router.add_api_route("/", lambda: (_ for _ in ()).throw(Broken()))
    app.include_router(router)

    TestClient(app).get("/")

    assert order == ["exit", "handler"]


# Late declarations


def test_routers_take_middleware_until_their_first_request() -> None:
    """What is added after an inclusion counts; after the first request it is refused, as Starlette refuses it."""
    app, router = Zonda(), APIRouter()
    router.get("/")(lambda: None)
    app.include_router(router)
    router.add_middleware(Named, "late")

    response = TestClient(app).get("/")

    assert through(response) == ["late"]
    with pytest.raises(RuntimeError, match="Cannot add middleware to a router after"):
        router.add_middleware(Named, "too late")
    with pytest.raises(RuntimeError, match="Cannot add an exception handler to a router after"):
        router.add_exception_handler(404, answering(""))


def test_frontends_and_routers_that_answer_themselves_have_theirs(tmp_path: Path) -> None:
    """A frontend of a router, and the routes of a router whose class decides by itself, stand within the same."""

    class Deciding(APIRouter):
        def matches(self, scope: Any) -> Any:
            return super().matches(scope)

    (tmp_path / "index.html").write_text("page")
    app, files = Zonda(), APIRouter(prefix="/files", middleware=[named("files", is_function=True)])
    files.frontend("/", directory=tmp_path)
    deciding = Deciding(prefix="/deciding", middleware=[named("deciding", is_function=True)])
    deciding.get("/")(lambda: None)
    app.include_router(files)
    app.include_router(deciding)
    client = TestClient(app)

    assert through(client.get("/files/index.html")) == ["files"]
    assert through(client.get("/deciding/")) == ["deciding"]


def test_a_copied_router_takes_middleware_again() -> None:
    """A copy has what the router has around it, and has not started."""
    app, router = Zonda(), APIRouter(middleware=[Middleware(Named, "both")], errors={Broken: 418})
    router.get("/")(lambda: (_ for _ in ()).throw(Broken("copied")))
    app.include_router(router)
    TestClient(app).get("/")

    other, copied = Zonda(), deepcopy(router)
    copied.add_middleware(Named, "copy")
    other.include_router(copied)
    response = TestClient(other).get("/")

    assert (response.status_code, through(response)) == (418, ["both", "copy"])
    assert through(TestClient(app).get("/")) == ["both"]
