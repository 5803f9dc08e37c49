"""The application: error steps at their places, the middleware stack, the documentation's place, the native path."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.middleware.errors import ServerErrorMiddleware
from starlette.middleware.exceptions import ExceptionMiddleware

from zonda import Depends, FastAPI, HTTPException, Request, WebSocket, Zonda
from zonda.exceptions import FastAPIDeprecationWarning, FastAPIError
from zonda.middleware.cors import CORSMiddleware
from zonda.responses import JSONResponse, PlainTextResponse
from zonda.testclient import TestClient


def test_fastapi_is_the_same_class() -> None:
    """Applications import it under either name."""
    assert FastAPI is Zonda
    assert issubclass(Zonda, Starlette)


# Error steps


def test_what_a_handler_raises_is_handled_by_the_application_step() -> None:
    """Handlers sit in two layers: the error of the first is given to the second."""
    app = Zonda()

    @app.exception_handler(ValueError)
    async def refuse(request: Request, error: ValueError) -> None:
        raise HTTPException(409, str(error))

    @app.get("/")
    async def fail() -> None:
        raise ValueError("taken")

    response = TestClient(app).get("/")

    assert (response.status_code, response.json()) == (409, {"detail": "taken"})


def test_handlers_run_after_the_exits_of_dependencies() -> None:
    """What a request opened is closed before its error is answered."""
    order: list[str] = []
    app = Zonda()

    async def session() -> Any:
        try:
            yield
        finally:
            order.append("exit")

    @app.exception_handler(418)
    def teapot(request: Request, error: HTTPException) -> JSONResponse:
        order.append("handler")
        return JSONResponse({"handled": error.detail}, 200)

    @app.get("/", dependencies=[Depends(session)])
    async def fail() -> None:
        raise HTTPException(418, "tea")

    assert TestClient(app).get("/").json() == {"handled": "tea"}
    assert order == ["exit", "handler"]


def test_a_swallowed_error_is_an_error() -> None:
    """A dependency that swallows what was raised leaves the request without a response, which is said."""
    app = Zonda()

    async def swallowing() -> Any:
        with suppress(ValueError):
            yield

    @app.get("/", dependencies=[Depends(swallowing)])
    async def fail() -> None:
        raise ValueError

    with pytest.raises(FastAPIError, match="Response not awaited"):
        TestClient(app).get("/")


def test_the_server_step_answers_and_the_error_is_raised_on() -> None:
    """A handler of Exception runs outside everything; the error still reaches the server's log."""
    app = Zonda(exception_handlers={Exception: lambda request, error: PlainTextResponse(f"sorry: {error}", 500)})

    @app.get("/")
    async def fail() -> None:
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        TestClient(app).get("/")
    response = TestClient(app, raise_server_exceptions=False).get("/")
    assert (response.status_code, response.text) == (500, "sorry: broken")


def test_debug_shows_the_traceback() -> None:
    """With debug=True a browser sees where the error was raised."""
    app = Zonda(debug=True)

    @app.get("/")
    async def fail_here() -> None:
        raise ValueError

    response = TestClient(app, raise_server_exceptions=False).get("/", headers={"accept": "text/html"})
    assert response.status_code == 500
    assert "fail_here" in response.text


def test_middleware_sees_errors_and_their_answers_at_the_right_places() -> None:
    """A 404 passes through CORS, a 500 does not; a middleware function can catch what an endpoint raised."""
    app = Zonda()
    app.add_middleware(CORSMiddleware, allow_origins=["*"])

    @app.get("/")
    async def fail() -> None:
        raise ValueError

    client = TestClient(app, raise_server_exceptions=False, headers={"origin": "http://example.org"})
    assert "access-control-allow-origin" in client.get("/missing").headers
    assert "access-control-allow-origin" not in client.get("/").headers

    catching = Zonda()
    catching.get("/")(fail)

    @catching.middleware("http")
    async def catch(request: Request, call_next: Any) -> Any:
        try:
            return await call_next(request)
        except ValueError:
            return PlainTextResponse("caught")

    assert TestClient(catching).get("/").text == "caught"


def test_a_middleware_may_send_a_request_elsewhere() -> None:
    """Routes are found inside all middleware, by what stands in the scope then."""
    app = Zonda()
    app.get("/new")(lambda: "new")

    @app.middleware("http")
    async def rewrite(request: Request, call_next: Any) -> Any:
        request.scope["path"] = "/new"
        return await call_next(request)

    assert TestClient(app).get("/old").json() == "new"


def test_websocket_errors_have_handlers_too() -> None:
    """A handler is given the websocket."""
    app = Zonda()

    @app.exception_handler(ValueError)
    async def close(websocket: WebSocket, error: ValueError) -> None:
        await websocket.send_text(str(error))
        await websocket.close()

    @app.websocket("/ws")
    async def fail(websocket: WebSocket) -> None:
        await websocket.accept()
        raise ValueError("broken")

    with TestClient(app).websocket_connect("/ws") as websocket:
        assert websocket.receive_text() == "broken"


# The stack


class Unknown:
    """A middleware that only speaks ASGI."""

    def __init__(self, app: Any, name: str = "unknown", seen: list[str] | None = None) -> None:
        self.app = app
        self.name = name
        self.seen = seen

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if self.seen is not None:
            self.seen.append(self.name)
        await self.app(scope, receive, send)


def chain_of(app: Zonda) -> list[str]:
    names, item = [], app.build_middleware_stack()
    while item is not None:
        names.append(type(item).__name__)
        item = getattr(item, "app", None)
    return names


def test_the_stack_can_be_walked() -> None:
    """Tools follow `.app` from the outermost middleware to the router."""
    app = Zonda()
    app.add_middleware(CORSMiddleware, allow_origins=["*"])
    app.add_middleware(Unknown)

    names = chain_of(app)

    assert isinstance(app.build_middleware_stack(), ServerErrorMiddleware)
    order = [names.index(name) for name in ("Unknown", "CORSMiddleware", ExceptionMiddleware.__name__, "APIRouter")]
    assert order == sorted(order)


def test_middleware_runs_from_the_last_added_inward() -> None:
    """Known middleware and unknown keep their order, whichever way each is run."""
    app, seen = Zonda(), list[str]()
    app.get("/")(lambda: "ok")
    for name in ("innermost", "middle"):
        app.add_middleware(Unknown, name=name, seen=seen)

    @app.middleware("http")
    async def outermost(request: Request, call_next: Any) -> Any:
        seen.append("outermost")
        return await call_next(request)

    assert TestClient(app).get("/").json() == "ok"
    assert seen == ["outermost", "middle", "innermost"]


def test_a_middleware_put_into_the_stack_is_called() -> None:
    """What a monitoring tool places behind the outermost middleware sees every request."""
    app, seen = Zonda(), list[str]()
    app.get("/")(lambda: "ok")
    outermost: Any = app.build_middleware_stack()
    outermost.app = Unknown(outermost.app, "tool", seen)
    app.middleware_stack = outermost

    assert TestClient(app).get("/").json() == "ok"
    assert TestClient(app).get("/missing").status_code == 404
    assert seen == ["tool", "tool"]


def test_the_native_path_is_given_up_for_a_reason() -> None:
    """Whatever must be called stands in the way of the native path, and is named."""
    unknown, replaced, put_in = Zonda(), Zonda(), Zonda()
    unknown.add_middleware(Unknown)
    replaced.build_middleware_stack = replaced.build_middleware_stack  # type: ignore[method-assign]
    outermost: Any = put_in.build_middleware_stack()
    outermost.app = Unknown(outermost.app)
    put_in.middleware_stack = outermost

    class Rewriting(Zonda):
        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            await super().__call__(scope, receive, send)

    stacked, routed, rooted = Zonda(), Zonda(), Zonda()
    stacked.build_middleware_stack()
    stacked.middleware_stack = Unknown(stacked)
    routed.router.app = routed.router.app  # type: ignore[method-assign]
    rooted.root_path = "/api"

    assert not isinstance(Zonda().native_pipeline(), str)
    assert "middleware stack was replaced" in str(stacked.native_pipeline())
    assert "router's entry points" in str(routed.native_pipeline())
    assert "root_path" in str(rooted.native_pipeline())
    assert "Unknown" in str(unknown.native_pipeline())
    assert "build_middleware_stack" in str(replaced.native_pipeline())
    assert "put into the middleware stack" in str(put_in.native_pipeline())
    assert "Rewriting.__call__" in str(Rewriting().native_pipeline())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Request, "body", lambda request: b"")
        assert "Request.body" in str(Zonda().native_pipeline())
    for kind in (Starlette, ServerErrorMiddleware, ExceptionMiddleware):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(kind, "__call__", Unknown.__call__)
            assert f"{kind.__name__}.__call__ was replaced" in str(Zonda().native_pipeline())


# The documentation


def test_pages_come_after_every_route() -> None:
    """A catch-all of the user wins over the documentation, which is not among the routes."""
    app = Zonda()
    assert app.routes == []
    assert TestClient(app).get("/docs").status_code == 200

    app.get("/{path:path}")(lambda path: {"path": path})

    assert TestClient(app).get("/docs").json() == {"path": "docs"}


@pytest.mark.parametrize("option", ["docs_url", "redoc_url", "scalar_url", "openapi_url"])
def test_pages_can_be_left_out(option: str) -> None:
    """None for an address takes its page away; without a document there are no pages."""
    options: dict[str, Any] = {option: None}
    app = Zonda(**options)
    paths = {"docs_url": "/docs", "redoc_url": "/redoc", "scalar_url": "/scalar", "openapi_url": "/openapi.json"}

    gone = {path for path in paths.values() if TestClient(app).get(path).status_code == 404}

    assert gone == (set(paths.values()) if option == "openapi_url" else {paths[option]})


def test_an_openapi_function_of_the_users_own_is_served() -> None:
    """`app.openapi = ...` is FastAPI's way to change the document."""
    app = Zonda()
    app.openapi = lambda: {"openapi": "3.1.0", "mine": True}  # type: ignore[method-assign]

    assert TestClient(app).get("/openapi.json").json() == {"openapi": "3.1.0", "mine": True}


# The rest


def test_mounted_applications_are_whole() -> None:
    """A mounted application has its own errors, middleware and documentation."""
    parent, child = Zonda(), Zonda()

    @child.exception_handler(404)
    async def missing(request: Request, error: HTTPException) -> PlainTextResponse:
        return PlainTextResponse("child", 404)

    child.get("/x")(lambda request: None)
    parent.mount("/child", child)
    client = TestClient(parent)

    assert client.get("/child/nothing").text == "child"
    assert client.get("/nothing").json() == {"detail": "Not Found"}
    assert client.get("/child/openapi.json").json()["servers"] == [{"url": "/child"}]


def test_a_root_path_is_warned_of_and_used() -> None:
    """FastAPI deprecates the option; it is still the prefix of a proxy."""
    with pytest.warns(FastAPIDeprecationWarning, match="root_path") as warned:
        app = Zonda(root_path="/api")
    assert warned[0].filename == __file__
    app.get("/x")(lambda request: None)

    @app.get("/where")
    async def where(request: Request) -> str:
        return str(request.url_for("where"))

    assert TestClient(app).get("/where").json() == "http://testserver/api/where"


@pytest.mark.parametrize("limit", [-1, True, 1.5, "5"])
def test_a_body_limit_must_be_a_number_of_bytes(limit: Any) -> None:
    """The mistake fails where it is written."""
    with pytest.raises(ValueError, match="non-negative integer"):
        Zonda(max_body_size=limit)


@pytest.mark.parametrize(
    ("application", "route", "size", "status"), [(5, None, 6, 413), (5, 10, 6, 200), (10, 5, 6, 413)]
)
def test_the_nearest_body_limit_counts(application: int, route: int | None, size: int, status: int) -> None:
    """A route's limit may be higher or lower than its application's."""
    app = Zonda(max_body_size=application)

    @app.post("/", max_body_size=route)
    async def read(request: Request) -> int:
        return len(await request.body())

    assert TestClient(app).post("/", content=b"x" * size).status_code == status


def test_only_http_middleware_is_a_function() -> None:
    """The decorator takes no other kind."""
    with pytest.raises(AssertionError, match='middleware\\("http"\\)'):
        Zonda().middleware("websocket")
