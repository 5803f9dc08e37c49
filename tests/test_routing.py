"""Routers: what inclusion adds, what acts at once, what is refused."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from starlette.responses import PlainTextResponse
from starlette.routing import Host, Match, Mount, Route

from zonda import APIRouter, Depends, Request, WebSocket, Zonda
from zonda.exceptions import FastAPIError
from zonda.requests import HTTPConnection
from zonda.responses import HTMLResponse
from zonda.routing import APIRoute, iter_route_contexts
from zonda.testclient import TestClient


async def endpoint() -> dict[str, str]:
    return {"answer": "ok"}


def test_inclusion_adds_from_the_outside_inward() -> None:
    """Prefixes, tags, dependencies and responses of all routers on the way come together, outermost first."""
    order: list[str] = []

    def noting(name: str) -> Any:
        return Depends(lambda: order.append(name))

    inner = APIRouter(
        prefix="/c", tags=["inner"], dependencies=[noting("inner")], responses={404: {"description": "i"}}
    )
    inner.get("/d", tags=["route"], dependencies=[noting("route")], responses={403: {"description": "r"}})(endpoint)
    outer = APIRouter(
        prefix="/a", tags=["outer"], dependencies=[noting("outer")], responses={404: {"description": "o"}}
    )
    outer.include_router(inner, prefix="/b", tags=["include"], dependencies=[noting("include")])
    app = Zonda(dependencies=[noting("app")])
    app.include_router(outer)

    assert TestClient(app).get("/a/b/c/d").json() == {"answer": "ok"}
    assert order == ["app", "outer", "include", "inner", "route"]
    [context] = iter_route_contexts(app.routes)
    assert context.path == "/a/b/c/d"
    assert context.tags == ["outer", "include", "inner", "route"]
    assert {code: item["description"] for code, item in context.responses.items()} == {404: "i", 403: "r"}


def test_the_nearest_response_class_that_was_set_counts() -> None:
    """A default of an outer router is used where nothing inside names a class."""
    plain, html = APIRouter(), APIRouter(default_response_class=HTMLResponse)
    for router in (plain, html):
        router.get("/x")(lambda: "text")
    app = Zonda(default_response_class=PlainTextResponse)
    app.include_router(plain, prefix="/plain")
    app.include_router(html, prefix="/html")
    client = TestClient(app)

    assert client.get("/plain/x").headers["content-type"] == "text/plain; charset=utf-8"
    assert client.get("/html/x").headers["content-type"] == "text/html; charset=utf-8"


def test_routes_added_later_are_seen_at_every_inclusion() -> None:
    """An included router stays alive: what it gets later answers wherever it is included."""
    router, parent, app = APIRouter(), APIRouter(), Zonda()
    parent.include_router(router, prefix="/r")
    app.include_router(parent, prefix="/one")
    app.include_router(parent, prefix="/two")
    client = TestClient(app)
    assert client.get("/one/r/late").status_code == 404

    router.get("/late")(endpoint)

    assert [client.get(f"/{prefix}/r/late").status_code for prefix in ("one", "two")] == [200, 200]
    assert set(client.get("/openapi.json").json()["paths"]) == {"/one/r/late", "/two/r/late"}


def test_the_list_of_routes_is_obeyed_at_once() -> None:
    """Inserting, removing and assigning routes acts on the next request."""
    app = Zonda()
    app.get("/{anything}")(lambda anything: {"anything": anything})
    client = TestClient(app)
    assert client.get("/x").json() == {"anything": "x"}

    app.router.routes.insert(0, APIRoute("/x", lambda: "inserted"))
    assert client.get("/x").json() == "inserted"
    del app.router.routes[0]
    assert client.get("/x").json() == {"anything": "x"}
    app.router.routes = []
    assert client.get("/x").status_code == 404


def test_an_edited_dependency_tree_is_obeyed_at_once() -> None:
    """What packages change in `route.dependant` or on the route itself counts for the next request."""
    app = Zonda()
    app.get("/x")(lambda: "before")
    route: Any = app.routes[-1]
    client = TestClient(app)
    assert client.get("/x").json() == "before"

    route.dependant.call = lambda: "after"
    assert client.get("/x").json() == "after"
    route.methods = {"POST"}
    assert [client.get("/x").status_code, client.post("/x").status_code] == [405, 200]


def test_a_replaced_app_answers_for_its_route() -> None:
    """`route.app = ...` is how packages put something around one route."""
    app = Zonda()
    app.get("/x")(endpoint)
    app.routes[-1].app = PlainTextResponse("replaced")  # type: ignore[attr-defined]

    assert TestClient(app).get("/x").text == "replaced"


def test_overrides_act_while_they_are_there() -> None:
    """Overriding a dependency acts on the next request, and so does taking the override away."""
    app = Zonda()

    def original() -> str:
        return "original"

    @app.get("/x")
    def read(value: str = Depends(original)) -> str:
        return value

    client = TestClient(app)
    assert client.get("/x").json() == "original"
    app.dependency_overrides[original] = lambda: "first"
    assert client.get("/x").json() == "first"
    app.dependency_overrides = {original: lambda: "second"}
    assert client.get("/x").json() == "second"
    app.dependency_overrides = {}
    assert client.get("/x").json() == "original"


def test_an_override_acts_on_what_is_still_to_be_called() -> None:
    """A dependency that overrides another one does so for the request that it is called in, included routes too."""
    router = APIRouter()

    async def original() -> str:
        return "original"

    class Configure:
        async def __call__(self, connection: HTTPConnection) -> None:
            connection.app.dependency_overrides[original] = lambda: "replacement"

    @router.get("/x", dependencies=[Depends(Configure())])
    async def read(value: str = Depends(original)) -> str:
        return value

    @router.websocket("/ws", dependencies=[Depends(Configure())])
    async def talk(websocket: WebSocket, value: str = Depends(original)) -> None:
        await websocket.accept()
        await websocket.send_text(value)
        await websocket.close()

    app = Zonda()
    app.include_router(router)
    client = TestClient(app)

    assert client.get("/x").json() == "replacement"
    app.dependency_overrides.clear()
    with client.websocket_connect("/ws") as websocket:
        assert websocket.receive_text() == "replacement"


def test_a_route_class_may_build_its_own_handler() -> None:
    """`get_route_handler` of a subclass surrounds every request of its routes."""

    class Stamped(APIRoute):
        def get_route_handler(self) -> Any:
            handler = super().get_route_handler()

            async def stamped(request: Request) -> Any:
                response = await handler(request)
                response.headers["x-stamp"] = self.name
                return response

            return stamped

    router = APIRouter(route_class=Stamped)
    router.get("/x")(endpoint)
    app = Zonda()
    app.include_router(router)

    assert TestClient(app).get("/x").headers["x-stamp"] == "endpoint"


def test_a_route_class_may_match_by_itself() -> None:
    """`matches` of a subclass is asked where its route stands."""

    class Versioned(APIRoute):
        def matches(self, scope: Any) -> tuple[Match, Any]:
            headers = dict(scope["headers"])
            return super().matches(scope) if headers.get(b"x-version") == b"2" else (Match.NONE, {})

    app = Zonda()
    app.router.add_api_route("/x", lambda: "two", route_class_override=Versioned)
    app.get("/x")(lambda: "one")
    client = TestClient(app)

    assert client.get("/x", headers={"x-version": "2"}).json() == "two"
    assert client.get("/x").json() == "one"


def test_starlettes_routes_stand_among_ours() -> None:
    """Route, Mount and Host answer at their place, under the prefix of the router that holds them."""

    async def show(request: Request) -> PlainTextResponse:
        return PlainTextResponse(f"{request.url.path} {request.path_params}")

    router = APIRouter(routes=[Route("/plain/{x}", show), Mount("/mount", routes=[Route("/{y}", show)])])
    app = Zonda(routes=[Host("api.example.org", app=PlainTextResponse("host"))])
    app.include_router(router, prefix="/p")
    client = TestClient(app)

    assert client.get("/p/plain/1").text == "/p/plain/1 {'x': '1'}"
    assert client.get("/p/mount/2").text == "/p/mount/2 {'y': '2'}"
    assert client.get("/anything", headers={"host": "api.example.org"}).text == "host"
    assert client.post("/p/plain/1").status_code == 405


def test_the_scope_tells_what_was_found() -> None:
    """Route, endpoint, path values, router and application are in the scope, the inclusion too."""
    app, router = Zonda(), APIRouter()

    @router.get("/{x}")
    async def read(request: Request) -> list[bool]:
        scope = request.scope
        context = scope["fastapi"]["effective_route_context"]
        return [
            scope["route"] is router.routes[0],
            scope["endpoint"] is read,
            scope["path_params"] == {"x": "1"},
            scope["router"] is app.router,
            scope["app"] is app,
            context.path == "/p/{x}",
        ]

    app.include_router(router, prefix="/p")

    assert TestClient(app).get("/p/1").json() == [True] * 6


def test_websockets_are_found_and_finished() -> None:
    """A websocket in an included router gets its values, and its dependencies are left when it ends."""
    left: list[str] = []

    async def opened() -> Any:
        yield "open"
        left.append("left")

    app, router = Zonda(), APIRouter()

    @router.websocket("/ws/{number}")
    async def talk(websocket: WebSocket, number: int, state: str = Depends(opened)) -> None:
        await websocket.accept()
        await websocket.send_json([number, state, left])

    app.include_router(router, prefix="/p")

    with TestClient(app).websocket_connect("/p/ws/7") as websocket:
        assert websocket.receive_json() == [7, "open", []]
    assert left == ["left"]


def test_urls_are_made_for_included_routes() -> None:
    """`url_path_for` knows the whole path, and the pages of the documentation."""
    app, router = Zonda(), APIRouter()
    router.get("/{x}", name="item")(endpoint)
    app.include_router(router, prefix="/p")

    assert app.url_path_for("item", x="1") == "/p/1"
    assert app.url_path_for("swagger_ui_html") == "/docs"


@pytest.mark.parametrize(
    ("prefix", "message"),
    [("p", "A path prefix must start with '/'"), ("/p/", "A path prefix must not end with '/'")],
)
def test_a_prefix_that_no_path_could_follow_is_refused(prefix: str, message: str) -> None:
    """The mistake fails where it is written."""
    with pytest.raises(AssertionError, match=message):
        APIRouter(prefix=prefix)
    with pytest.raises(AssertionError, match=message):
        Zonda().include_router(APIRouter(), prefix=prefix)


def test_cycles_of_inclusion_are_refused() -> None:
    """A router cannot contain itself, directly or through others."""
    first, second, third = APIRouter(), APIRouter(), APIRouter()
    first.include_router(second)
    second.include_router(third)

    with pytest.raises(AssertionError, match="into itself"):
        first.include_router(first)
    with pytest.raises(AssertionError, match="already includes this router"):
        third.include_router(first)


def test_an_empty_path_without_a_prefix_is_refused() -> None:
    """A route must have some path in the end."""
    router = APIRouter()
    router.get("")(endpoint)

    with pytest.raises(FastAPIError, match=r"cannot be both empty \(path operation: endpoint\)"):
        Zonda().include_router(router)


def test_a_router_with_a_call_of_its_own_is_called() -> None:
    """Packages give an application a router that looks at each request itself; it is not passed by."""
    seen: list[str] = []

    class Watching(APIRouter):
        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            seen.append(scope["type"])
            await super().__call__(scope, receive, send)

    app = Zonda()
    app.get("/")(lambda: "answered")
    app.router = Watching(routes=app.router.routes)

    assert TestClient(app).get("/").json() == "answered"
    assert seen == ["http"]


def test_a_router_can_be_copied() -> None:
    """A deep copy of a router has routes of its own, and notices late ones."""
    router = APIRouter()
    router.get("/")(lambda: "first")
    copied = deepcopy(router)
    copied.get("/late")(lambda: "late")
    app = Zonda()
    app.include_router(copied)
    client = TestClient(app)

    assert [client.get(path).json() for path in ("/", "/late")] == ["first", "late"]
    copied.get("/later")(lambda: "later")
    assert client.get("/later").json() == "later"
    assert len(router.routes) == 1
