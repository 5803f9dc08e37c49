"""This module keeps what is known about one request while it lasts, and finds it again."""

from __future__ import annotations

import sys
from collections.abc import MutableMapping
from typing import TYPE_CHECKING, Any

from zonda.telemetry.declarations import TelemetryData

if TYPE_CHECKING:
    from opentelemetry._logs import Logger
    from opentelemetry.context import Context
    from opentelemetry.trace import Span, Tracer

SCOPE_KEY = "fastapi.telemetry"
"""In the ASGI scope: the record, or None where another instrumentation has the request."""

CONTEXT_KEY = "zonda.telemetry-record"
"""In OpenTelemetry's context: the record. Its `create_key` would make a longer one of its own kind of string."""


class RequestTelemetry:
    """One request or websocket as telemetry sees it."""

    def __init__(
        self,
        *,
        span: Span | None,
        span_method: str,
        tracer: Tracer | None = None,
        logger: Logger | None = None,
        mount_prefix: str = "",
    ) -> None:
        self.span = span
        self.span_method = span_method
        """What the span's name begins with: the method, or `HTTP`, or `WS`."""
        self.tracer = tracer
        """For the spans of steps; None when they are off."""
        self.logger = logger
        self.context: Context | None = None
        """The context that holds the span, for events."""
        self.route: str | None = None
        """The template of the path, prefixes of mounts in front."""
        self.status_code: int | None = None
        self.data: TelemetryData | None = TelemetryData()
        self.mount_prefix = mount_prefix
        self.errors: list[BaseException] = []
        """The errors that were reported, each once."""


def current_record(context: Context | None = None) -> RequestTelemetry | None:
    otel_context = sys.modules.get("opentelemetry.context")
    if otel_context is None:  # nothing can have been recorded
        return None
    record = otel_context.get_value(CONTEXT_KEY, context)
    return record if isinstance(record, RequestTelemetry) else None


def get_telemetry_data(context: Context | None = None) -> TelemetryData | None:
    """What is known about the request that runs in a context (the current one if none is given).

    None outside a request, for an excluded one, and after it ended.
    """
    record = current_record(context)
    return None if record is None else record.data


def is_recording(scope: MutableMapping[str, Any]) -> bool:
    """Whether telemetry has this request, so that its steps are worth telling."""
    return scope.get(SCOPE_KEY) is not None


def route_selected(scope: MutableMapping[str, Any], path: str | None, mount: bool = False) -> None:
    """Note the template of the route that answers; mounts add theirs in front of what is found below them."""
    record = scope.get(SCOPE_KEY)
    if not isinstance(record, RequestTelemetry) or path is None:
        return
    record.route = record.mount_prefix + path
    if mount:
        record.mount_prefix += path.removesuffix("/{path}")
    if record.span is not None:
        record.span.update_name(f"{record.span_method} {record.route}")
        record.span.set_attribute("http.route", record.route)
