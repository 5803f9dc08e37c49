"""This module names the handlers of an application for the exceptions that it has none of its own for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from starlette.exceptions import HTTPException

from zonda.exception_handlers import (
    http_exception_handler,
    request_validation_exception_handler,
    websocket_request_validation_exception_handler,
)
from zonda.exceptions import RequestValidationError, WebSocketRequestValidationError

ExceptionHandler = Callable[[Any, Any], Any]

DEFAULT_HANDLERS: dict[Any, ExceptionHandler] = {
    HTTPException: http_exception_handler,
    RequestValidationError: request_validation_exception_handler,
    WebSocketRequestValidationError: websocket_request_validation_exception_handler,
}


def with_default_handlers(
    given: Mapping[Any, ExceptionHandler] | None, *, problem_details: bool
) -> dict[Any, ExceptionHandler]:
    """The user's handlers, with FastAPI's own or those that answer problems for what they leave out."""
    handlers: dict[Any, ExceptionHandler] = dict(given or {})
    for kind, handler in (_problem_handlers() if problem_details else DEFAULT_HANDLERS).items():
        handlers.setdefault(kind, handler)
    return handlers


def _problem_handlers() -> dict[Any, ExceptionHandler]:
    from zonda.problem_details import http_problem, validation_problem, websocket_validation_problem

    return {
        HTTPException: http_problem,
        RequestValidationError: validation_problem,
        WebSocketRequestValidationError: websocket_validation_problem,
    }
