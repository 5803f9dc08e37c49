"""This module holds the answers of `Zonda(problem_details=True)`: RFC 9457's documents for everything that goes wrong.

    {"type": "about:blank", "title": "Not Found", "status": 404, "detail": "There is no such item"}

The type is always `about:blank`, so that the title is the phrase of the status, as the RFC asks for. What an
application adds to a problem stands beside these members.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.websockets import WebSocket

from zonda.domain_errors import ErrorAnswer, phrase_of, text_of
from zonda.encoders import jsonable_encoder
from zonda.exception_handlers import sendable, websocket_request_validation_exception_handler
from zonda.exceptions import RequestValidationError, ValidationException, WebSocketRequestValidationError
from zonda.utils import is_body_allowed_for_status_code

__all__ = [
    "PROBLEM",
    "DomainProblem",
    "ProblemResponse",
    "counted_too_large_response",
    "http_problem",
    "http_problem_content",
    "server_problem",
    "too_large_content",
    "too_large_response",
    "validation_problem",
    "validation_problem_content",
    "websocket_validation_problem",
]

PROBLEM = "application/problem+json"

Content = dict[str, Any]


class ProblemResponse(JSONResponse):
    media_type = PROBLEM

    def __init__(self, content: Content, status_code: int, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(content, status_code, headers)

    def render(self, content: Any) -> bytes:
        try:
            return super().render(content)
        except (TypeError, ValueError, RecursionError):
            return super().render(sendable(content))


def _jsonable(value: Any) -> Any:
    try:
        return jsonable_encoder(value)
    except (ValueError, RecursionError):
        return sendable(value)


def problem(status: int, detail: str | None = None, **members: Any) -> Content:
    """A problem document. A detail that says no more than the title is left out."""
    title = phrase_of(status)
    content: Content = {"type": "about:blank", "title": title, "status": status}
    if detail and detail not in (title, _old_phrase(status)):
        content["detail"] = detail
    return {**content, **members}


def _old_phrase(status: int) -> str | None:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return None


# Errors with a status of their own


def http_problem_content(error: HTTPException) -> Content:
    """The members of an object are members of the problem, the items of a list are its `errors`."""
    status, detail = error.status_code, jsonable_detail(error.detail)
    if isinstance(detail, dict):
        return {**problem(status), **detail, "status": status}
    if isinstance(detail, list):
        return problem(status, errors=detail)
    return problem(status, None if detail is None else str(detail))


def jsonable_detail(detail: Any) -> Any:
    return detail if isinstance(detail, str) or detail is None else _jsonable(detail)


async def http_problem(request: Request, error: HTTPException) -> Response:
    """The problem of an error with a status, with the error's header fields."""
    headers = getattr(error, "headers", None)
    if not is_body_allowed_for_status_code(error.status_code):
        return Response(status_code=error.status_code, headers=headers)
    return ProblemResponse(http_problem_content(error), error.status_code, headers)


# Values that do not validate


def validation_problem_content(error: ValidationException) -> Content:
    errors = error.errors()
    return problem(422, _count(errors), errors=_jsonable(errors))


def _count(errors: Sequence[Any]) -> str:
    return "One value is not valid." if len(errors) == 1 else f"{len(errors)} values are not valid."


async def validation_problem(request: Request, error: RequestValidationError) -> Response:
    """422 with what is wrong in `errors`, as Pydantic lists it."""
    return ProblemResponse(validation_problem_content(error), 422)


async def websocket_validation_problem(websocket: WebSocket, error: WebSocketRequestValidationError) -> Response | None:
    """The same answer where the server can refuse a websocket with one, else FastAPI's close with 1008."""
    if "websocket.http.response" in websocket.scope.get("extensions", {}):
        return ProblemResponse(validation_problem_content(error), 422)
    await websocket_request_validation_exception_handler(websocket, error)
    return None


# The others


async def server_problem(request: Request, error: Exception) -> Response:
    """500, which says nothing about the error."""
    return ProblemResponse(problem(500), 500)


TOO_LARGE_DETAIL = b'{"detail":"Content Too Large"}'
"""What FastAPI answers when it counts too much; where it is corrected, whenever a body is too large."""


def too_large_content() -> bytes:
    return json.dumps(problem(413), separators=(",", ":")).encode()


def counted_too_large_response(app: Any) -> Response:
    """What an application answers where a limit outside of it counts the body."""
    if getattr(app, "problem_details", False):
        return Response(too_large_content(), 413, media_type=PROBLEM)
    return Response(TOO_LARGE_DETAIL, 413, media_type="application/json")


def too_large_response(app: Any) -> Response:
    """What an application answers to a body beyond its limit."""
    if getattr(app, "problem_details", False) or getattr(app, "corrections", False):
        return counted_too_large_response(app)
    return PlainTextResponse("Content Too Large", 413)


@dataclass(frozen=True, slots=True)
class DomainProblem(ErrorAnswer):
    """An entry of `errors=` as a problem; the members of its model are members of the problem."""

    async def __call__(self, connection: Any, error: Exception) -> Response | None:
        if await self.is_closed(connection, error):
            return None
        return Response(self.content(error), self.status, media_type=PROBLEM)

    @classmethod
    def of(cls, answer: ErrorAnswer) -> DomainProblem:
        return cls(answer.kind, answer.status, answer.model)

    def content(self, error: Exception) -> bytes:
        members = {} if self.model is None else self.filled(error).model_dump(mode="json", by_alias=True)
        content = {**problem(self.status, text_of(error, self.status)), **members, "status": self.status}
        return ProblemResponse(content, self.status).body  # type: ignore[return-value]  # bytes, as JSONResponse makes them
