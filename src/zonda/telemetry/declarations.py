"""This module holds what users write to configure telemetry and what they read while a request lasts."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypedDict

from starlette.requests import Request
from starlette.types import Scope
from starlette.websockets import WebSocket

if TYPE_CHECKING:
    from opentelemetry._logs import LoggerProvider
    from opentelemetry.metrics import MeterProvider
    from opentelemetry.trace import TracerProvider

AUTO_CONFIGURE_VARIABLE = "FASTAPI_OTEL_AUTO_CONFIGURE"


class TelemetryConfig(TypedDict, total=False):
    """The keys of `FastAPI(telemetry={...})`; a missing key has its default."""

    tracer_provider: TracerProvider | None
    """Used instead of the global provider."""
    meter_provider: MeterProvider | None
    logger_provider: LoggerProvider | None
    tracing: bool
    """Spans of requests and websockets; True unless said otherwise."""
    metrics: bool
    """Metrics of requests; True unless said otherwise."""
    logs: bool
    """Events for failed validation and unhandled errors, with their tracebacks; True unless said otherwise."""
    operation_spans: bool
    """Spans of dependencies, endpoint, serialisation and background tasks; True unless said otherwise."""
    auto_configure: bool
    """Add OTLP exporters named by the environment; False unless said here or by `FASTAPI_OTEL_AUTO_CONFIGURE=true`."""
    exclude: Callable[[Scope], bool] | None
    """Receives the ASGI scope; True leaves the request alone."""


@dataclass(kw_only=True)
class TelemetryData:
    """What is known about the current request, for span and log processors; gone when the request ends."""

    request: Request | None = None
    """Set when the route starts."""
    websocket: WebSocket | None = None
    body: Any = None
    """What was read and parsed, before validation."""
    values: dict[str, Any] | None = None
    """The endpoint's arguments, after the dependencies were solved."""
    errors: Sequence[Any] | None = None
    """Validation errors with their inputs."""


def complete_config(config: TelemetryConfig | None) -> TelemetryConfig:
    """A copy with every key, so that nothing has to be asked twice and later changes to the user's dict do nothing."""
    complete: TelemetryConfig = {
        "tracer_provider": None,
        "meter_provider": None,
        "logger_provider": None,
        "tracing": True,
        "metrics": True,
        "logs": True,
        "operation_spans": True,
        "auto_configure": os.environ.get(AUTO_CONFIGURE_VARIABLE, "").strip().lower() == "true",
        "exclude": None,
    }
    complete.update(config or {})
    return complete
