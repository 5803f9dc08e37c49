"""This package records requests with OpenTelemetry: spans, metrics and log events, once a provider is configured.

    declarations    TelemetryConfig, TelemetryData: what users write and read
    records         what is known about one request, and where to find it
    operations      the steps inside a request
    errors          what an error means
    attributes      semantic conventions: what a scope says about a request
    server          the outermost layer: looks whether there is something to record
    ──
    recorder        one span for each request, its metrics, its errors
    spans, events   what is told about a step, about an error
    export          exporters from the environment, for `auto_configure`

What is below the line imports OpenTelemetry's API, and is imported when a provider may be there. Its SDK is what a
provider brings, or what `auto_configure` asks for.
"""

from zonda.telemetry.declarations import TelemetryConfig, TelemetryData, complete_config
from zonda.telemetry.operations import operation, report_error, run_endpoint, validation_failed
from zonda.telemetry.records import SCOPE_KEY, get_telemetry_data, is_recording, route_selected
from zonda.telemetry.server import (
    ExceptionTelemetryMiddleware,
    NativeTelemetry,
    is_instrumented,
    lifespan,
)

__all__ = [
    "SCOPE_KEY",
    "ExceptionTelemetryMiddleware",
    "NativeTelemetry",
    "TelemetryConfig",
    "TelemetryData",
    "complete_config",
    "get_telemetry_data",
    "is_instrumented",
    "is_recording",
    "lifespan",
    "operation",
    "report_error",
    "route_selected",
    "run_endpoint",
    "validation_failed",
]
