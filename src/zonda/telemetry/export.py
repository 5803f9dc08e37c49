"""This module adds OTLP exporters named by the environment, for applications that ask with `auto_configure`.

They are added when the lifespan starts (never at import, so that workers can fork first), once per process, to the
providers that are there or to new ones, and flushed when it ends.
"""

from __future__ import annotations

import atexit
import os
import threading
from dataclasses import dataclass
from importlib import import_module
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

from anyio.to_thread import run_sync
from opentelemetry import _logs, metrics, trace
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from zonda.exceptions import FastAPIError
from zonda.logger import logger
from zonda.telemetry.declarations import TelemetryConfig
from zonda.telemetry.sources import is_unconfigured

_lock = threading.Lock()

_owned: list[Any] = []
"""The processors and readers added here, to be flushed and shut down."""

_configured: list[tuple[str, Any]] = []
"""(signal, provider) of each exporter added, so that a second lifespan adds none."""


@dataclass(frozen=True, slots=True)
class Signal:
    """How one signal is exported: the API that holds its global provider, and what to use of the SDK."""

    key: str
    """The provider's name in the configuration and in the API's functions."""
    api: ModuleType
    add_method: str
    provider: str
    component: str
    exporter: str


_SIGNALS = {
    "TRACES": Signal(
        key="tracer_provider",
        api=trace,
        add_method="add_span_processor",
        provider="opentelemetry.sdk.trace:TracerProvider",
        component="opentelemetry.sdk.trace.export:BatchSpanProcessor",
        exporter="opentelemetry.exporter.otlp.proto.http.trace_exporter:OTLPSpanExporter",
    ),
    "METRICS": Signal(
        key="meter_provider",
        api=metrics,
        add_method="add_metric_reader",
        provider="opentelemetry.sdk.metrics:MeterProvider",
        component="opentelemetry.sdk.metrics.export:PeriodicExportingMetricReader",
        exporter="opentelemetry.exporter.otlp.proto.http.metric_exporter:OTLPMetricExporter",
    ),
    "LOGS": Signal(
        key="logger_provider",
        api=_logs,
        add_method="add_log_record_processor",
        provider="opentelemetry.sdk._logs:LoggerProvider",
        component="opentelemetry.sdk._logs.export:BatchLogRecordProcessor",
        exporter="opentelemetry.exporter.otlp.proto.http._log_exporter:OTLPLogExporter",
    ),
}

_ENDS = frozenset({"lifespan.startup.failed", "lifespan.shutdown.complete", "lifespan.shutdown.failed"})

_MISSING_SDK = (
    "Telemetry exporters need the OpenTelemetry SDK and the OTLP HTTP exporter: "
    "install `opentelemetry-sdk opentelemetry-exporter-otlp-proto-http` (FastAPI's extra is `fastapi[opentelemetry]`)."
)


async def lifespan(*, config: TelemetryConfig, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """Run an application's lifespan with exporters around it. Their failure is a warning, never a failed start."""
    if config.get("auto_configure"):
        try:
            _configure_from_environment(config)
        except Exception as error:  # noqa: BLE001  (whatever an exporter raises, the application starts)
            logger.warning("FastAPI telemetry could not be configured: %s", error)

    async def flushing_send(message: Message) -> None:
        if message["type"] in _ENDS:
            await run_sync(_flush)
        await send(message)

    await app(scope, receive, flushing_send)


def _configure_from_environment(config: TelemetryConfig) -> None:
    if os.environ.get("OTEL_SDK_DISABLED", "").strip().lower() == "true":
        return
    endpoints = {signal: _export_endpoint(signal) for signal in _SIGNALS}
    with _lock:
        for signal, endpoint in endpoints.items():
            if endpoint is not None:
                _add_exporter(signal, endpoint, config)


def _export_endpoint(signal: str) -> str | None:
    """Where a signal goes, None if the environment names nothing; `signal` is TRACES, METRICS or LOGS."""
    exporter = _variable(f"OTEL_{signal}_EXPORTER") or "otlp"
    own = _variable(f"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT")
    shared = _variable("OTEL_EXPORTER_OTLP_ENDPOINT")
    endpoint = own or (f"{shared.rstrip('/')}/v1/{signal.lower()}" if shared else "")
    if exporter == "none" or not endpoint:
        return None
    if exporter != "otlp":
        raise FastAPIError(f"OTEL_{signal}_EXPORTER must be otlp or none, not {exporter!r}")
    protocol = (
        _variable(f"OTEL_EXPORTER_OTLP_{signal}_PROTOCOL")
        or _variable("OTEL_EXPORTER_OTLP_PROTOCOL")
        or "http/protobuf"
    )
    if protocol != "http/protobuf":
        raise FastAPIError(f"The OTLP protocol for {signal.lower()} must be http/protobuf, not {protocol!r}")
    parts = urlsplit(endpoint)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise FastAPIError(f"The OTLP endpoint for {signal.lower()} must be an absolute HTTP URL, not {endpoint!r}")
    return endpoint


def _variable(name: str) -> str:
    """An environment variable; OpenTelemetry treats an empty one as unset."""
    return os.environ.get(name, "").strip()


def _add_exporter(name: str, endpoint: str, config: TelemetryConfig) -> None:
    signal = _SIGNALS[name]
    provider = _registration_provider(_provider(signal, config))
    if any(known == name and done is provider for known, done in _configured):
        return
    add = getattr(provider, signal.add_method, None)
    if add is None:
        raise FastAPIError(
            f"{type(provider).__name__} does not support adding an OTLP exporter. "
            "Configure its export where it is made, and leave out `auto_configure`."
        )
    component = _sdk(signal.component)(_sdk(signal.exporter)(endpoint=endpoint))
    try:
        add(component)
    except Exception:
        component.shutdown()
        raise
    if not _owned:
        atexit.register(_shutdown)
    _owned.append(component)
    _configured.append((name, provider))


def _provider(signal: Signal, config: TelemetryConfig) -> Any:
    """The provider of a signal; if nobody configured one, a new one becomes the global one.

    If somebody else was faster with that, theirs is the one.
    """
    configured = config.get(signal.key)
    get_global = getattr(signal.api, f"get_{signal.key}")
    provider = get_global() if is_unconfigured(configured) else configured
    if not is_unconfigured(provider):
        return provider
    ours = _sdk(signal.provider)(shutdown_on_exit=False)
    getattr(signal.api, f"set_{signal.key}")(ours)
    winner = get_global()
    if winner is not ours:
        ours.shutdown()
    return winner


def _sdk(place: str) -> Any:
    """Something of the SDK, `module:name`, imported when it is needed."""
    module, _, name = place.partition(":")
    try:
        return getattr(import_module(module), name)
    except ImportError as error:
        raise FastAPIError(_MISSING_SDK) from error


def _registration_provider(provider: Any) -> Any:
    """Who takes new readers: a provider that only passes calls on (Logfire's) keeps the real one in `provider`."""
    if hasattr(provider, "add_metric_reader"):
        return provider
    return getattr(provider, "provider", provider)


def _flush() -> None:
    _each("force_flush", list(_owned))


def _shutdown() -> None:
    with _lock:
        components = list(_owned)
        _owned.clear()
        _configured.clear()
    _each("shutdown", components)


def _each(method: str, components: list[Any]) -> None:
    for component in components:
        try:
            getattr(component, method)()
        except Exception:  # noqa: BLE001  (one exporter that fails must not keep the others from sending)
            logger.warning("FastAPI telemetry cleanup failed", exc_info=True)
