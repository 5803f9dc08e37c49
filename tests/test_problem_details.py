"""This module tests `Zonda(problem_details=True)`: everything that goes wrong is a problem of RFC 9457."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel
from starlette.testclient import WebSocketDenialResponse

from zonda import APIRouter, HTTPException, WebSocket, Zonda
from zonda.responses import PlainTextResponse
from zonda.routing import APIRoute
from zonda.testclient import TestClient


class NotFound(Exception):
    pass


class Conflict(Exception):
    def __init__(self, sku: str) -> None:
        super().__init__(f"{sku} is taken")
        self.sku = sku


class ConflictBody(BaseModel):
    sku: str


class OwnHandler(APIRoute):
    """A route that is run step by step."""

    def get_route_handler(self) -> Any:
        return super().get_route_handler()


def raising(error: Exception) -> Any:
    async def endpoint() -> None:
        raise error

    return endpoint


@pytest.fixture(params=[APIRoute, OwnHandler], ids=["compiled", "stepped"])
def app(request: pytest.FixtureRequest) -> Zonda:
    app = Zonda(problem_details=True, max_body_size=1000, errors={NotFound: 404, Conflict: (409, ConflictBody)})
    router = APIRouter(route_class=request.param)
    router.get("/text")(raising(HTTPException(404, "no such item")))
    router.get("/silent")(raising(HTTPException(403)))
    router.get("/headers")(raising(HTTPException(401, "who?", {"WWW-Authenticate": "Basic"})))
    router.get("/object")(raising(HTTPException(402, {"balance": 30, "title": "Not enough", "status": 1})))
    router.get("/list")(raising(HTTPException(400, ["one", "two"])))
    router.get("/not_modified")(raising(HTTPException(304)))
    router.get("/domain")(raising(NotFound("gone")))
    router.get("/model")(raising(Conflict("a1")))
    router.get("/broken")(raising(ZeroDivisionError()))

    @router.post("/numbers")
    async def add(numbers: list[int]) -> int:
        return sum(numbers)

    app.include_router(router)
    return app


@pytest.mark.parametrize(
    ("path", "status", "members"),
    [
        ("/nothing", 404, {"title": "Not Found"}),
        ("/numbers", 405, {"title": "Method Not Allowed"}),
        ("/text", 404, {"title": "Not Found", "detail": "no such item"}),
        ("/silent", 403, {"title": "Forbidden"}),
        ("/headers", 401, {"title": "Unauthorized", "detail": "who?"}),
        ("/object", 402, {"title": "Not enough", "balance": 30}),
        ("/list", 400, {"title": "Bad Request", "errors": ["one", "two"]}),
        ("/domain", 404, {"title": "Not Found", "detail": "gone"}),
        ("/model", 409, {"title": "Conflict", "detail": "a1 is taken", "sku": "a1"}),
        ("/broken", 500, {"title": "Internal Server Error"}),
    ],
)
def test_errors_are_problems(app: Zonda, path: str, status: int, members: dict[str, Any]) -> None:
    """Type, title and status, a detail that says more than the title, and what the application adds."""
    response = TestClient(app, raise_server_exceptions=False).get(path)

    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json() == {"type": "about:blank", "status": status, **members}


def test_header_fields_stay(app: Zonda) -> None:
    """405 says what is allowed, 401 how to ask, and a status without a body has none."""
    client = TestClient(app)

    assert client.get("/numbers").headers["allow"] == "POST"
    assert client.get("/headers").headers["www-authenticate"] == "Basic"
    assert client.get("/not_modified").content == b""


def test_values_that_do_not_validate_are_listed(app: Zonda) -> None:
    """422 has what FastAPI says of each value in `errors`, also of values that JSON cannot hold."""
    client = TestClient(app)

    wrong = client.post("/numbers", json=[1, "x"])
    not_json = client.post("/numbers", content=b"[NaN]", headers={"content-type": "application/json"})

    assert wrong.status_code == 422
    assert wrong.headers["content-type"] == "application/problem+json"
    assert wrong.json() == {
        "type": "about:blank",
        "title": "Unprocessable Content",
        "status": 422,
        "detail": "One value is not valid.",
        "errors": [
            {
                "type": "int_parsing",
                "loc": ["body", 1],
                "msg": "Input should be a valid integer, unable to parse string as an integer",
                "input": "x",
            }
        ],
    }
    assert not_json.json()["errors"][0]["input"] is None


def test_a_body_that_is_too_large_is_a_problem(app: Zonda) -> None:
    """Whether the body was read, or only announced."""
    client = TestClient(app)

    for response in (client.post("/numbers", content=b"1" * 2000), client.post("/nothing", content=b"1" * 2000)):
        assert response.status_code == 413
        assert response.headers["content-type"] == "application/problem+json"
        assert response.json() == {"type": "about:blank", "title": "Content Too Large", "status": 413}


def test_websockets_are_refused_with_problems() -> None:
    """Errors with a status, domain errors, and parameters that do not validate."""
    app = Zonda(problem_details=True, errors={NotFound: 404})

    @app.websocket("/{number}")
    async def room(websocket: WebSocket, number: int) -> None:
        raise NotFound("no such room") if number else HTTPException(403)

    titles = []
    for path in ("/0", "/1", "/x"):
        with pytest.raises(WebSocketDenialResponse) as denied, TestClient(app).websocket_connect(path):
            pass
        assert denied.value.headers["content-type"] == "application/problem+json"
        titles.append((denied.value.status_code, denied.value.json()["title"]))

    assert titles == [(403, "Forbidden"), (404, "Not Found"), (422, "Unprocessable Content")]


def test_the_applications_handlers_come_first() -> None:
    """Who writes a handler is asked, as always."""
    app = Zonda(problem_details=True, exception_handlers={404: lambda request, error: PlainTextResponse("mine", 404)})

    assert TestClient(app).get("/").text == "mine"


def test_problems_are_documented(app: Zonda) -> None:
    """OpenAPI has the schemas of problems where it has HTTPValidationError without the option."""
    app.get("/own", responses={"default": {"description": "Own"}})(lambda: None)
    document = app.openapi()
    responses = document["paths"]["/numbers"]["post"]["responses"]
    schemas = {status: responses[status]["content"] for status in ("404", "409", "422")}

    def problem(schema: dict[str, Any]) -> dict[str, Any]:
        return {"application/problem+json": {"schema": schema}}

    known = {"$ref": "#/components/schemas/ProblemDetails"}
    assert schemas["404"] == problem(known)
    assert schemas["409"] == problem({"allOf": [known, {"$ref": "#/components/schemas/ConflictBody"}]})
    assert schemas["422"] == problem({"$ref": "#/components/schemas/ValidationProblemDetails"})
    assert responses["default"] == {"description": "Problem", "content": problem(known)}
    assert document["paths"]["/own"]["get"]["responses"]["default"] == {"description": "Own"}
    assert document["components"]["schemas"].keys() == {
        "ConflictBody",
        "ProblemDetails",
        "ValidationError",
        "ValidationProblemDetails",
    }
