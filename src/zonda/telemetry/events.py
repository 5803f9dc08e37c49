"""This module emits the log events of a request: values that did not validate, errors that nothing handled."""

from __future__ import annotations

from time import time_ns

from opentelemetry import context as otel_context
from opentelemetry._logs import Logger, SeverityNumber
from opentelemetry.context import Context

from zonda.exceptions import RequestValidationError, WebSocketRequestValidationError


def emit_invalid(
    logger: Logger, error: RequestValidationError | WebSocketRequestValidationError, attributes: dict[str, str]
) -> None:
    logger.emit(
        timestamp=time_ns(),
        context=otel_context.get_current(),
        severity_number=SeverityNumber.WARN,
        severity_text="WARN",
        body="Request validation failed",
        attributes={"fastapi.validation.error_count": len(error.errors()), **attributes},
        event_name="fastapi.validation.failed",
    )


def emit_unhandled(
    logger: Logger, error: Exception, attributes: dict[str, str], context: Context | None, *, is_http: bool
) -> None:
    logger.emit(
        timestamp=time_ns(),
        context=context,
        severity_number=SeverityNumber.ERROR,
        severity_text="ERROR",
        body=f"Unhandled exception in FastAPI {'request' if is_http else 'WebSocket connection'}",
        attributes=attributes,
        event_name="http.server.request.exception" if is_http else "fastapi.websocket.exception",
        exception=error,
    )
