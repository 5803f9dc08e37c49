"""Errors become answers where their users expect it."""

from typing import Any

import pytest
from pydantic import BaseModel, ValidationError
from starlette.exceptions import HTTPException as StarletteHTTPException

from zonda import HTTPException, Request, Zonda
from zonda.exceptions import RequestValidationError
from zonda.responses import JSONResponse
from zonda.testclient import TestClient


class OutOfStockError(Exception):
    pass


class SoldOutError(OutOfStockError):
    pass


def app_that_raises(error: BaseException, **options: Any) -> Zonda:
    app = Zonda(**options)

    @app.get("/")
    def endpoint() -> None:
        raise error

    return app


@pytest.mark.parametrize("detail", ["text", {"code": 1}, ["a", "b"]])
def test_an_http_exception_is_its_detail(detail: Any) -> None:
    """HTTPException answers its status with any JSON detail and its headers, positional or named."""
    response = TestClient(app_that_raises(HTTPException(401, detail, {"X-Why": "because"}))).get("/")

    assert (response.status_code, response.json(), response.headers["x-why"]) == (401, {"detail": detail}, "because")


@pytest.mark.parametrize("is_async", [True, False])
def test_a_handler_for_a_class_catches_its_subclasses(is_async: bool) -> None:
    """Domain errors from deep inside reach the handler of their class, async or not."""
    app = app_that_raises(SoldOutError("pens"))

    async def handle_async(request: Request, error: OutOfStockError) -> JSONResponse:
        return JSONResponse({"error": "RESOURCE_GONE", "message": str(error), "path": request.url.path}, 410)

    def handle(request: Request, error: OutOfStockError) -> JSONResponse:
        return JSONResponse({"error": "RESOURCE_GONE", "message": str(error), "path": request.url.path}, 410)

    app.exception_handler(OutOfStockError)(handle_async if is_async else handle)
    response = TestClient(app).get("/")

    assert response.status_code == 410
    assert response.json() == {"error": "RESOURCE_GONE", "message": "pens", "path": "/"}


def test_a_handler_for_validation_errors_sees_the_body() -> None:
    """The handler gets the errors and the body as it was sent, in the default shape of 422."""
    app, seen = Zonda(), []

    @app.post("/")
    def endpoint(n: int, body: dict[str, int]) -> None: ...

    default = TestClient(app).post("/?n=1", json={"a": "x"})

    @app.exception_handler(RequestValidationError)
    def handle(request: Request, error: RequestValidationError) -> JSONResponse:
        seen.append((error.errors(), error.body))
        return JSONResponse("seen", 400)

    app.middleware_stack = None
    TestClient(app).post("/?n=1", json={"a": "x"})

    assert default.json() == {
        "detail": [
            {
                "type": "int_parsing",
                "loc": ["body", "a"],
                "msg": "Input should be a valid integer, unable to parse string as an integer",
                "input": "x",
            }
        ]
    }
    assert [error["loc"] for error in seen[0][0]] == [("body", "a")]
    assert seen[0][1] == {"a": "x"}


def test_a_handler_for_starlettes_exception_covers_the_router() -> None:
    """404 and 405 of the router go to the handler of Starlette's HTTPException, and so does FastAPI's own."""
    app = app_that_raises(HTTPException(403))

    @app.exception_handler(StarletteHTTPException)
    def handle(request: Request, error: StarletteHTTPException) -> JSONResponse:
        return JSONResponse({"status": error.status_code}, error.status_code)

    client = TestClient(app)

    assert [client.request(*r).json() for r in (("GET", "/"), ("GET", "/none"), ("POST", "/"))] == [
        {"status": 403},
        {"status": 404},
        {"status": 405},
    ]


def test_a_handler_for_pydantics_error_is_for_the_users_own_models() -> None:
    """pydantic's ValidationError reaches its handler when the endpoint's code raises it, not for a bad request."""

    class Inner(BaseModel):
        n: int

    app = Zonda()

    @app.get("/")
    def endpoint(n: int) -> None:
        Inner.model_validate({"n": "x"})

    @app.exception_handler(ValidationError)
    def handle(request: Request, error: ValidationError) -> JSONResponse:
        return JSONResponse("own model", 409)

    client = TestClient(app)

    assert (client.get("/?n=1").status_code, client.get("/?n=x").status_code) == (409, 422)


def test_the_ways_to_register_a_handler() -> None:
    """The decorator's cousin, the constructor's argument and a status code as key have the same effect."""

    def handle(request: Request, error: Exception) -> JSONResponse:
        return JSONResponse("handled", 418)

    by_argument = app_that_raises(OutOfStockError(), exception_handlers={OutOfStockError: handle})
    by_method = app_that_raises(OutOfStockError())
    by_method.add_exception_handler(OutOfStockError, handle)
    by_status = app_that_raises(HTTPException(404))
    by_status.add_exception_handler(404, handle)

    assert [TestClient(app).get("/").status_code for app in (by_argument, by_method, by_status)] == [418] * 3


def test_an_unhandled_error_tells_the_client_nothing() -> None:
    """What nothing handles is a plain 500 without internals, and is raised to the server."""
    app = app_that_raises(RuntimeError("the secret"))
    quiet = TestClient(app, raise_server_exceptions=False).get("/")

    assert (quiet.status_code, quiet.text) == (500, "Internal Server Error")
    with pytest.raises(RuntimeError, match="the secret"):
        TestClient(app).get("/")


def test_debug_shows_the_traceback() -> None:
    """With debug=True the 500 is a page with the traceback."""
    page = TestClient(app_that_raises(RuntimeError("look"), debug=True), raise_server_exceptions=False).get(
        "/", headers={"accept": "text/html"}
    )

    assert page.status_code == 500
    assert "RuntimeError" in page.text
    assert "look" in page.text
