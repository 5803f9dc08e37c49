"""This module says what an error of a request means to telemetry."""

from __future__ import annotations

from starlette.exceptions import HTTPException, WebSocketException
from starlette.websockets import WebSocketDisconnect

from zonda.exceptions import RequestValidationError, WebSocketRequestValidationError

_ANSWERS = (HTTPException, WebSocketException, RequestValidationError, WebSocketRequestValidationError)
"""Raised to answer, not because something is wrong; a background task has nobody left to answer."""

_NORMAL_CLOSE_CODES = frozenset({1000, 1001, 1005})


def error_type(error: BaseException) -> str:
    """An error's class as FastAPI's telemetry names it: built-in ones bare, ours under FastAPI's path."""
    kind = type(error)
    if kind.__module__ == "builtins":
        return kind.__qualname__
    package, _, rest = kind.__module__.partition(".")
    module = f"fastapi.{rest}" if package == "zonda" and rest else kind.__module__
    return f"{module}.{kind.__qualname__}"


def is_normal_disconnect(error: BaseException) -> bool:
    return isinstance(error, WebSocketDisconnect) and error.code in _NORMAL_CLOSE_CODES


def is_answer(error: BaseException) -> bool:
    return isinstance(error, _ANSWERS) or is_normal_disconnect(error)
