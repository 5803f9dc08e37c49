"""This module finds the providers of one configuration and keeps what is made from them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from opentelemetry import _logs, metrics, trace
from opentelemetry._logs import Logger
from opentelemetry.metrics import Histogram, Meter, UpDownCounter
from opentelemetry.trace import Tracer

from zonda.fastapi_version import FASTAPI_VERSION
from zonda.telemetry.attributes import DURATION_BUCKETS, SCHEMA_URL
from zonda.telemetry.declarations import TelemetryConfig

_SOURCE = ("fastapi", FASTAPI_VERSION)
"""The instrumentation scope: dashboards made for FastAPI find what they look for."""

_DEFERRED_PROVIDERS = frozenset(
    {
        ("opentelemetry.trace", "ProxyTracerProvider"),
        ("opentelemetry.metrics._internal", "_ProxyMeterProvider"),
        ("opentelemetry._logs._internal", "ProxyLoggerProvider"),
    }
)


def is_unconfigured(provider: Any) -> bool:
    """Whether a provider is absent or the API's stand-in for one that may be set later."""
    kind = type(provider)
    return provider is None or (kind.__module__, kind.__qualname__) in _DEFERRED_PROVIDERS


class Sources:
    """Tracer, logger and instruments, each made once for a provider: an SDK warns and locks when it is asked often."""

    def __init__(self, config: TelemetryConfig) -> None:
        self.config = config
        self._tracer: tuple[Any, Tracer] | None = None
        self._logger: tuple[Any, Logger] | None = None
        self._instruments: tuple[Any, tuple[Histogram, UpDownCounter]] | None = None

    def providers(self) -> tuple[Any, Any, Any]:
        config = self.config
        return (
            _provider(config.get("tracing", True), config.get("tracer_provider"), trace.get_tracer_provider),
            _provider(config.get("metrics", True), config.get("meter_provider"), metrics.get_meter_provider),
            _provider(config.get("logs", True), config.get("logger_provider"), _logs.get_logger_provider),
        )

    def tracer(self, provider: Any) -> Tracer:
        if self._tracer is None or self._tracer[0] is not provider:
            self._tracer = provider, provider.get_tracer(*_SOURCE, schema_url=SCHEMA_URL)
        return self._tracer[1]

    def logger(self, provider: Any) -> Logger:
        if self._logger is None or self._logger[0] is not provider:
            self._logger = provider, provider.get_logger(*_SOURCE, schema_url=SCHEMA_URL)
        return self._logger[1]

    def instruments(self, provider: Any) -> tuple[Histogram, UpDownCounter]:
        if self._instruments is None or self._instruments[0] is not provider:
            self._instruments = provider, _instruments(provider.get_meter(*_SOURCE, schema_url=SCHEMA_URL))
        return self._instruments[1]


def _provider(is_wanted: bool, configured: Any, get_global: Callable[[], Any]) -> Any:
    """The provider of one signal, None if it is off or nothing was configured."""
    if not is_wanted:
        return None
    provider = get_global() if is_unconfigured(configured) else configured
    return None if is_unconfigured(provider) else provider


def _instruments(meter: Meter) -> tuple[Histogram, UpDownCounter]:
    duration = meter.create_histogram(
        "http.server.request.duration",
        unit="s",
        description="Duration of HTTP server requests.",
        explicit_bucket_boundaries_advisory=DURATION_BUCKETS,
    )
    active = meter.create_up_down_counter(
        "http.server.active_requests", unit="{request}", description="Number of active HTTP server requests."
    )
    return duration, active
