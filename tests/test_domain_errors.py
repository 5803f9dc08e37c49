"""This module tests `errors=`: exceptions of an application's own, answered with a status and documented."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel
from starlette.testclient import WebSocketDenialResponse

from zonda import APIRouter, Depends, HTTPException, WebSocket, Zonda
from zonda.exceptions import ResponseValidationError
from zonda.responses import PlainTextResponse
from zonda.routing import APIRoute
from zonda.testclient import TestClient
from zonda.websockets import WebSocketDisconnect


class NotFound(LookupError):
    pass


class Conflict(Exception):
    def __init__(self, sku: str) -> None:
        super().__init__(f"{sku} is taken")
        self.sku = sku


class ConflictBody(BaseModel):
    detail: str
    sku: str


class OwnHandler(APIRoute):
    """A route that is run step by step."""

    def get_route_handler(self) -> Any:
        return super().get_route_handler()


def raising(error: Exception) -> Any:
    async def endpoint() -> None:
        raise error

    return endpoint


def answers(app: Zonda, path: str) -> tuple[int, Any]:
    response = TestClient(app).get(path)
    return response.status_code, response.json()


@pytest.mark.parametrize("route_class", [APIRoute, OwnHandler], ids=["compiled", "stepped"])
def test_exceptions_are_answered_with_their_status(route_class: type[APIRoute]) -> None:
    """The text of the exception is the detail, or the status where it has none; a model is made of its attributes."""
    app = Zonda(errors={NotFound: 404, Conflict: (409, ConflictBody)})
    app.router.route_class = route_class
    app.get("/said")(raising(NotFound("no such item")))
    app.get("/silent")(raising(NotFound()))
    app.get("/model")(raising(Conflict("a1")))

    assert answers(app, "/said") == (404, {"detail": "no such item"})
    assert answers(app, "/silent") == (404, {"detail": "Not Found"})
    assert answers(app, "/model") == (409, {"detail": "a1 is taken", "sku": "a1"})


def test_those_of_dependencies_and_of_other_routes_are_answered_too() -> None:
    """Dependencies, routes of Starlette's and mounted applications raise them as endpoints do."""
    app, router = Zonda(), APIRouter(errors={NotFound: 404})

    async def fail(*arguments: Any) -> Any:
        raise NotFound("gone")

    async def fail_first() -> None:
        raise NotFound("gone")

    router.get("/dependency", dependencies=[Depends(fail_first)])(lambda: None)
    router.add_route("/route", fail)
    router.mount("/mount", fail)
    app.include_router(router)

    assert [answers(app, path) for path in ("/dependency", "/route", "/mount/x")] == [(404, {"detail": "gone"})] * 3


def test_the_innermost_declaration_wins() -> None:
    """The operation before its router, that before its inclusion, that before the application; each level whole."""
    app = Zonda(errors={NotFound: 401, KeyError: 402})
    router = APIRouter(prefix="/router", errors={NotFound: 404, LookupError: 405})
    router.get("/plain")(raising(NotFound()))
    router.get("/own", errors={NotFound: 410})(raising(NotFound()))
    router.get("/key")(raising(KeyError()))
    outside = APIRouter()
    outside.get("/outside")(raising(NotFound()))
    app.get("/application")(raising(NotFound()))
    app.include_router(router, errors={NotFound: 403})
    app.include_router(outside, errors={NotFound: 403})

    statuses = {
        path: answers(app, path)[0]
        for path in ("/router/plain", "/router/own", "/router/key", "/outside", "/application")
    }

    assert statuses == {
        "/router/plain": 404,
        "/router/own": 410,
        "/router/key": 405,
        "/outside": 403,
        "/application": 401,
    }


@pytest.mark.parametrize("level", ["application", "router"])
def test_a_handler_wins_over_errors_at_its_level(level: str) -> None:
    """Who writes a handler for the same class wants it called; a level further in still comes first."""
    handlers: Any = {NotFound: lambda request, error: PlainTextResponse("handled", 418)}
    options: dict[str, Any] = {"errors": {NotFound: 404}, "exception_handlers": handlers}
    app = Zonda(**options if level == "application" else {})
    router = APIRouter(**options if level == "router" else {})
    router.get("/plain")(raising(NotFound()))
    router.get("/own", errors={NotFound: 410})(raising(NotFound()))
    app.include_router(router)
    client = TestClient(app)

    assert [client.get(path).status_code for path in ("/plain", "/own")] == [418, 410]


def test_a_model_that_does_not_fit_is_the_applications_mistake() -> None:
    """What the class did not tell at the declaration is found when the exception is raised: a 500, and reported."""
    error = Conflict("a1")
    del error.sku
    app = Zonda(errors={Conflict: (409, ConflictBody)})
    app.get("/")(raising(error))

    with pytest.raises(ResponseValidationError, match="sku"):
        TestClient(app).get("/")


def test_websockets_are_refused_or_closed() -> None:
    """Before it is accepted a websocket is refused with the status; after that it is closed with the text."""
    app = Zonda(errors={NotFound: 404})

    @app.websocket("/before")
    async def before(websocket: WebSocket) -> None:
        raise NotFound("no such room")

    @app.websocket("/after")
    async def after(websocket: WebSocket) -> None:
        await websocket.accept()
        raise NotFound("no such room")

    client = TestClient(app)

    with pytest.raises(WebSocketDenialResponse) as denied, client.websocket_connect("/before"):
        pass
    assert (denied.value.status_code, denied.value.json()) == (404, {"detail": "no such room"})
    with client.websocket_connect("/after") as session, pytest.raises(WebSocketDisconnect) as closed:
        session.receive_text()
    assert (closed.value.code, closed.value.reason) == (1011, "no such room")


def test_they_are_documented() -> None:
    """Each operation has its statuses in OpenAPI; what `responses=` says of a status stays."""
    app = Zonda(errors={NotFound: 404, HTTPException: 422})
    router = APIRouter(errors={Conflict: (409, ConflictBody), KeyError: 409})
    router.get("/items/{number}")(lambda number: None)
    router.get("/own", responses={404: {"description": "No such item"}})(lambda: None)
    app.include_router(router)
    app.get("/plain")(lambda: None)

    document = app.openapi()
    responses = {path: item["get"]["responses"] for path, item in document["paths"].items()}

    text = {
        "title": "Error",
        "type": "object",
        "properties": {"detail": {"title": "Detail", "type": "string"}},
        "required": ["detail"],
    }
    body = {"$ref": "#/components/schemas/ConflictBody"}
    wrong = {"$ref": "#/components/schemas/HTTPValidationError"}
    assert responses["/plain"].keys() == {"200", "404", "422"}
    assert responses["/own"]["404"] == {"description": "No such item"}
    assert responses["/items/{number}"]["404"] == {
        "description": "Not Found",
        "content": {"application/json": {"schema": text}},
    }
    assert responses["/items/{number}"]["409"]["content"]["application/json"]["schema"] == {"anyOf": [body, text]}
    assert responses["/items/{number}"]["422"]["content"]["application/json"]["schema"] == {"anyOf": [wrong, text]}
    assert "ConflictBody" in document["components"]["schemas"]
