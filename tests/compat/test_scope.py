"""What packages find in a request's scope, on the native path as through ASGI."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tests.transport.servers import request as ask
from tests.transport.servers import serving
from zonda import APIRouter, FastAPI, Request, Response
from zonda.responses import PlainTextResponse
from zonda.testclient import TestClient


def application(*, with_function: bool) -> tuple[FastAPI, list[Any]]:
    """An application with its own routes, an included router and a mounted application; each tells its scope."""
    app, mounted, router = FastAPI(), FastAPI(), APIRouter()
    seen: list[Any] = []

    async def tell(request: Request) -> dict[str, str]:
        scope = request.scope
        return dict.fromkeys(scope, "") | {
            "app": "outer" if request.app is app else "inner",
            "router": "outer" if scope["router"] is app.router else "inner",
            "endpoint": scope["endpoint"].__name__,
            "route": scope["route"].path,
        }

    app.add_api_route("/own/{name}", tell)
    router.add_api_route("/{name}", tell)
    mounted.add_api_route("/below/{name}", tell)
    app.include_router(router, prefix="/included")
    app.mount("/mounted", mounted)

    if with_function:

        @app.middleware("http")
        async def look(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
            seen.append(request.app)
            return await call_next(request)

    return app, seen


# The server's, whichever it is.
OF_THE_SERVER = {"asgi", "extensions"}


@pytest.mark.parametrize("with_function", [False, True], ids=["bare", "behind a function"])
@pytest.mark.parametrize("path", ["/own/a", "/included/a", "/mounted/below/a"])
def test_the_scope_is_the_same_on_both_paths(path: str, with_function: bool) -> None:
    """A socket and an ASGI server give an endpoint and a middleware function the same keys and objects."""
    app, seen = application(with_function=with_function)
    assert not isinstance(app.native_pipeline(), str)

    through_asgi = TestClient(app).get(path).json()
    with serving(app) as address:
        answer = ask(address, b"GET %s HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n" % path.encode())
    natively = json.loads(answer.partition(b"\r\n\r\n")[2])

    assert {**natively, **dict.fromkeys(OF_THE_SERVER, "")} == {**through_asgi, **dict.fromkeys(OF_THE_SERVER, "")}
    assert seen == ([app, app] if with_function else [])


@pytest.mark.parametrize(
    ("method", "path", "found"),
    [
        ("GET", "/own/a", {"route": "/own/{name}", "path_params": {"name": "a"}}),
        ("POST", "/own/a", {"route": "/own/{name}", "path_params": {"name": "a"}}),
        ("POST", "/included/a", {"route": "/{name}", "path_params": {"name": "a"}}),
        ("GET", "/mounted/nothing", {"path_params": {}}),
        ("GET", "/starlette/a", {"path_params": {"name": "a"}}),
        ("GET", "/nothing", {}),
        ("GET", "/own/a/", {}),
    ],
)
def test_what_a_request_leaves_in_the_scope(method: str, path: str, found: dict[str, Any]) -> None:
    """A route is there if one of ours was found, even if it refused the method, and values if any route was."""
    app, _ = application(with_function=False)
    app.add_route("/starlette/{name}", PlainTextResponse("plain"))
    scopes = []

    async def outermost(scope: Any, receive: Any, send: Any) -> None:
        await app(scope, receive, send)
        scopes.append(scope)

    TestClient(outermost).request(method, path, follow_redirects=False)
    (scope,) = scopes
    left = {key: scope[key] for key in ("route", "path_params") if key in scope}

    assert left | ({"route": left["route"].path} if "route" in left else {}) == found
