"""Errors answered without a Request and a Response have the replies of FastAPI's handlers."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from zonda.domain_errors import ErrorAnswer
from zonda.exception_handlers import http_exception_handler, request_validation_exception_handler
from zonda.exceptions import HTTPException, RequestValidationError
from zonda.problem_details import DomainProblem, http_problem, validation_problem
from zonda.runtime.error_replies import own_reply


class Item(BaseModel):
    name: str


CIRCLE: list[Any] = []
CIRCLE.append(CIRCLE)

HTTP_ERRORS = [
    HTTPException(404),
    HTTPException(418, 'a "teapot" \\ of\nseñor Ñandú'),
    HTTPException(400, {"code": 7, "why": ["a", None, 1.5]}),
    HTTPException(400, ["a", 1]),
    HTTPException(400, ""),
    HTTPException(500, float("nan")),
    HTTPException(400, "half a pair \ud800"),
    HTTPException(400, CIRCLE),
    HTTPException(204),
    HTTPException(304),
    HTTPException(401, "who?", {"WWW-Authenticate": "Bearer"}),
    HTTPException(400, "no fields", {}),
    HTTPException(700, "no such status"),
]
VALIDATION_ERRORS: list[list[Any]] = [
    [{"type": "missing", "loc": ("query", "q"), "msg": "Field required", "input": None}],
    [{"type": "v", "loc": ("body", 0), "msg": "no", "input": {"a": Item(name="x")}, "ctx": {"error": ValueError()}}],
    [{"type": "float", "loc": ("body",), "msg": "no", "input": float("inf")}],
    [{"type": "string", "loc": ("body",), "msg": "no", "input": "half \udfff"}],
    [{"type": "bytes", "loc": ("body",), "msg": "no", "input": b"\xff"}],
    [],
]  # fmt: skip
NOT_FOUND = ErrorAnswer(LookupError, 404)
ANSWERS = [NOT_FOUND, DomainProblem.of(NOT_FOUND)]
CASES = [
    *((http_exception_handler, error) for error in HTTP_ERRORS),
    *((request_validation_exception_handler, RequestValidationError(errors)) for errors in VALIDATION_ERRORS),
    *((http_problem, error) for error in HTTP_ERRORS),
    *((validation_problem, RequestValidationError(errors)) for errors in VALIDATION_ERRORS),
    *((answer, LookupError(text)) for answer in ANSWERS for text in ("", "half a pair \ud800", 'a "quoted" Ñandú')),
]


def response_of(handler: Any, error: Exception) -> Response | None:
    async def call() -> Any:
        return await handler(Request({"type": "http"}), error)

    return asyncio.run(call())  # type: ignore[no-any-return]


@pytest.mark.parametrize(("handler", "error"), CASES)
def test_a_reply_is_what_the_handler_answers(handler: Any, error: Exception) -> None:
    """Status, body and fields are equal, or the error is left to the handler."""
    reply = own_reply(handler, error)

    if reply is not None:
        response = response_of(handler, error)
        assert response is not None
        assert reply.head.status == response.status_code
        assert reply.body == response.body
        length = (b"content-length", str(len(reply.body)).encode())
        assert [length, *reply.head.headers] == response.raw_headers


@pytest.mark.parametrize(("handler", "error"), CASES)
def test_handlers_do_not_fail_over_what_json_cannot_hold(handler: Any, error: Exception) -> None:
    """A client may send what is then quoted, so each of them has an answer."""
    response = response_of(handler, error)

    assert response is not None
    assert response.status_code == getattr(error, "status_code", getattr(handler, "status", 422))


def test_the_usual_errors_are_not_left_to_the_handlers() -> None:
    """What most applications raise most of the time takes the short way."""
    assert own_reply(http_exception_handler, HTTPException(404)) is not None
    assert own_reply(request_validation_exception_handler, RequestValidationError(VALIDATION_ERRORS[0])) is not None
    assert own_reply(http_problem, HTTPException(404, "gone")) is not None
    assert own_reply(validation_problem, RequestValidationError(VALIDATION_ERRORS[0])) is not None


def test_a_handler_of_the_application_is_called() -> None:
    """Only FastAPI's own handlers are known."""

    async def own_handler(request: Request, error: Exception) -> Response:
        return Response()

    assert own_reply(own_handler, HTTPException(404)) is None
