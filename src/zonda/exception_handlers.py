"""This module holds the handlers that answer an exception when the application names none of its own."""

from __future__ import annotations

import math
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.status import WS_1008_POLICY_VIOLATION
from starlette.websockets import WebSocket

from zonda.exceptions import RequestValidationError, WebSocketRequestValidationError
from zonda.utils import is_body_allowed_for_status_code

__all__ = [
    "http_exception_handler",
    "request_validation_exception_handler",
    "websocket_request_validation_exception_handler",
]


async def http_exception_handler(request: Request, exc: HTTPException) -> Response:
    """`{"detail": ...}` with the exception's status and headers; no body where the status forbids one."""
    headers = getattr(exc, "headers", None)
    if not is_body_allowed_for_status_code(exc.status_code):
        return Response(status_code=exc.status_code, headers=headers)
    try:
        return JSONResponse({"detail": exc.detail}, status_code=exc.status_code, headers=headers)
    except (ValueError, RecursionError):
        return JSONResponse({"detail": sendable(exc.detail)}, status_code=exc.status_code, headers=headers)


async def request_validation_exception_handler(request: Request, exc: RequestValidationError) -> JSONResponse:
    """422 with the errors, each with the input that was refused."""
    from zonda.encoders import jsonable_encoder

    try:
        return JSONResponse({"detail": jsonable_encoder(exc.errors())}, status_code=422)
    except (ValueError, RecursionError):
        return JSONResponse({"detail": sendable(exc.errors())}, status_code=422)


async def websocket_request_validation_exception_handler(
    websocket: WebSocket, exc: WebSocketRequestValidationError
) -> None:
    """Close with 1008 and the errors as the reason."""
    from zonda.encoders import jsonable_encoder

    try:
        errors = jsonable_encoder(exc.errors())
    except (ValueError, RecursionError):
        errors = sendable(exc.errors())
    await websocket.close(code=WS_1008_POLICY_VIOLATION, reason=errors)


_DEEPEST = 32


def sendable(value: Any, depth: int = 0) -> Any:
    """The value with what JSON over HTTP cannot hold replaced.

    A client may send NaN, half a surrogate pair, bytes that are no text, or lists within lists without end. When
    such an input is refused, the answer quotes it, and must not fail over it.
    """
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value if value.bit_length() < 4096 else None  # Python refuses to write longer ones
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, str):
        return value.encode(errors="replace").decode()
    if isinstance(value, (bytes, bytearray)):
        return value.decode(errors="replace")
    if depth >= _DEEPEST:
        return None
    if isinstance(value, dict):
        return {_sendable_key(key): sendable(item, depth + 1) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [sendable(item, depth + 1) for item in value]
    from zonda.encoders import jsonable_encoder

    try:
        return sendable(jsonable_encoder(value), depth + 1)
    except (ValueError, RecursionError):
        return None


def _sendable_key(key: Any) -> str:
    return str(sendable(key, _DEEPEST))
