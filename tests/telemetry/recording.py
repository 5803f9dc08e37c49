"""This module records what telemetry says, with the SDK's exporters in memory."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import InMemoryLogRecordExporter, SimpleLogRecordProcessor
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind
from starlette.types import ASGIApp, Message

from zonda.telemetry import NativeTelemetry, TelemetryConfig, complete_config


@dataclass
class Recording:
    """Providers for one application, and what they received."""

    config: TelemetryConfig
    exporter: InMemorySpanExporter
    reader: InMemoryMetricReader
    logs: InMemoryLogRecordExporter

    @property
    def server_spans(self) -> list[ReadableSpan]:
        return [span for span in self.exporter.get_finished_spans() if span.kind is SpanKind.SERVER]

    @property
    def span(self) -> ReadableSpan:
        (span,) = self.server_spans
        return span

    @property
    def events(self) -> list[Any]:
        return [entry.log_record for entry in self.logs.get_finished_logs()]

    def points(self, name: str) -> list[Any]:
        data = self.reader.get_metrics_data()
        resources = [] if data is None else data.resource_metrics
        return [
            point
            for resource in resources
            for scope in resource.scope_metrics
            for metric in scope.metrics
            if metric.name == name
            for point in metric.data.data_points
        ]


@contextmanager
def recording() -> Iterator[Recording]:
    """Providers that are shut down in the end."""
    exporter, reader, logs = InMemorySpanExporter(), InMemoryMetricReader(), InMemoryLogRecordExporter()
    tracer, logger = TracerProvider(shutdown_on_exit=False), LoggerProvider(shutdown_on_exit=False)
    meter = MeterProvider(metric_readers=[reader], shutdown_on_exit=False)
    tracer.add_span_processor(SimpleSpanProcessor(exporter))
    logger.add_log_record_processor(SimpleLogRecordProcessor(logs))
    config: TelemetryConfig = {"tracer_provider": tracer, "meter_provider": meter, "logger_provider": logger}
    try:
        yield Recording(config, exporter, reader, logs)
    finally:
        for provider in (tracer, meter, logger):
            provider.shutdown()


async def request(app: ASGIApp, config: TelemetryConfig, /, **scope: Any) -> list[Message]:
    """Send one request through telemetry to an ASGI application; what the application sent."""
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    whole: dict[str, Any] = {
        "type": "http",
        "method": "GET",
        "scheme": "http",
        "path": "/",
        "query_string": b"",
        "headers": [(b"host", b"shop.example")],
        "http_version": "1.1",
        **scope,
    }
    await NativeTelemetry(complete_config(config))(app=app, scope=whole, receive=receive, send=send)
    return sent
