"""This module records the steps inside a request: a span around each, an event for what failed validation."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from time import time_ns
from typing import Any

from opentelemetry import context as otel_context
from opentelemetry import trace
from opentelemetry._logs import SeverityNumber
from opentelemetry.trace import StatusCode
from starlette.exceptions import HTTPException, WebSocketException
from starlette.websockets import WebSocketDisconnect

from zonda.exceptions import RequestValidationError, WebSocketRequestValidationError
from zonda.telemetry.records import RequestTelemetry, current_record

_ANSWERS = (HTTPException, WebSocketException, RequestValidationError, WebSocketRequestValidationError)
"""Raised to answer, not because something is wrong; a background task has nobody left to answer."""

_NORMAL_CLOSE_CODES = frozenset({1000, 1001, 1005})

_NOTHING: AbstractContextManager[None] = nullcontext()


def operation(name: str, function: Callable[..., Any] | None = None) -> AbstractContextManager[None]:
    """A span around one step of the current request: nothing when nobody records it."""
    record = current_record()
    if record is None or record.tracer is None:
        return _NOTHING
    return _traced(record, name, function)


def run_endpoint(function: Callable[..., Any], values: Mapping[str, Any]) -> Any:
    """Call a `def` endpoint inside its span, in the worker thread that runs it."""
    with operation("fastapi.endpoint", function):
        return function(**values)


def validation_failed(error: RequestValidationError | WebSocketRequestValidationError) -> None:
    """Note that the values of the current request did not validate."""
    record = current_record()
    if record is None:
        return
    if record.data is not None:
        record.data.errors = error.errors()
    if record.logger is not None:
        record.logger.emit(
            timestamp=time_ns(),
            context=otel_context.get_current(),
            severity_number=SeverityNumber.WARN,
            severity_text="WARN",
            body="Request validation failed",
            attributes={"fastapi.validation.error_count": len(error.errors()), **route_attribute(record)},
            event_name="fastapi.validation.failed",
        )


def route_attribute(record: RequestTelemetry) -> dict[str, str]:
    return {} if record.route is None else {"http.route": record.route}


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


@contextmanager
def _traced(record: RequestTelemetry, name: str, function: Callable[..., Any] | None) -> Iterator[None]:
    assert record.tracer is not None
    attributes = {} if function is None else {"code.function.name": _function_name(function)}
    span = record.tracer.start_span(name, attributes=attributes)
    token = otel_context.attach(trace.set_span_in_context(span))
    try:
        yield
    except Exception as error:
        if name == "fastapi.background_task" or not _is_answer(error):
            span.set_status(StatusCode.ERROR)
            span.set_attribute("error.type", error_type(error))
        raise
    finally:
        otel_context.detach(token)
        span.end()


def _is_answer(error: BaseException) -> bool:
    return isinstance(error, _ANSWERS) or is_normal_disconnect(error)


def _function_name(function: Callable[..., Any]) -> str:
    named = function if hasattr(function, "__qualname__") else type(function)
    return f"{named.__module__}.{named.__qualname__}"
