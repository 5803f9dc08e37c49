"""This module records the steps inside a request: a span around each, an event for what failed validation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from starlette.types import Scope

from zonda.exceptions import RequestValidationError, WebSocketRequestValidationError
from zonda.telemetry.errors import is_normal_disconnect
from zonda.telemetry.records import SCOPE_KEY, RequestTelemetry, current_record

_NOTHING: AbstractContextManager[None] = nullcontext()


def operation(name: str, function: Callable[..., Any] | None = None) -> AbstractContextManager[None]:
    """A span around one step of the current request: nothing when nobody records it."""
    record = current_record()
    if record is None or record.tracer is None:
        return _NOTHING
    from zonda.telemetry.spans import traced

    return traced(record.tracer, name, function)


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
        from zonda.telemetry.events import emit_invalid

        emit_invalid(record.logger, error, route_attribute(record))


def route_attribute(record: RequestTelemetry) -> dict[str, str]:
    return {} if record.route is None else {"http.route": record.route}


def report_error(scope: Scope, error: BaseException) -> None:
    """Note that nothing handled an error of the request, once however many layers it passes."""
    record = scope.get(SCOPE_KEY)
    if not isinstance(record, RequestTelemetry) or any(known is error for known in record.errors):
        return
    record.errors.append(error)
    if record.logger is None or not isinstance(error, Exception) or is_normal_disconnect(error):
        return
    from zonda.telemetry.events import emit_unhandled

    is_http = scope["type"] == "http"
    emit_unhandled(record.logger, error, route_attribute(record), record.context, is_http=is_http)
