"""This module records requests of one application: a span, metrics and error events for each.

OpenTelemetry's API is imported with it, once a provider may be there.
"""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import Any

from opentelemetry import context as otel_context
from opentelemetry import propagate, trace
from opentelemetry.context import Context
from opentelemetry.propagators.textmap import Getter
from opentelemetry.trace import SpanKind
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from zonda.telemetry.attributes import method_attributes, server_attributes, url_attributes, version_attribute
from zonda.telemetry.declarations import TelemetryConfig
from zonda.telemetry.observer import Observer
from zonda.telemetry.operations import report_error, route_attribute
from zonda.telemetry.records import CONTEXT_KEY, SCOPE_KEY, RequestTelemetry, current_record
from zonda.telemetry.sources import Sources


class _HeadersGetter(Getter[Headers]):
    """Reads propagated context from request headers."""

    def get(self, carrier: Headers, key: str) -> list[str] | None:
        values = carrier.getlist(key)
        if not values:
            return None
        # The W3C baggage propagator looks at the first value only; several header lines mean one list.
        return [",".join(values)] if key.lower() == "baggage" else values

    def keys(self, carrier: Headers) -> list[str]:
        return list(carrier.keys())


_HEADERS_GETTER = _HeadersGetter()


class Recorder:
    """What one configuration records, with the providers that are there at each request."""

    def __init__(self, config: TelemetryConfig, known_methods: frozenset[str]) -> None:
        self._config = config
        self._known_methods = known_methods
        self._sources = Sources(config)

    def providers(self) -> tuple[Any, Any, Any]:
        """Those of spans, metrics and events; None for each that nobody configured."""
        return self._sources.providers()

    async def __call__(
        self, *, app: ASGIApp, scope: Scope, receive: Receive, send: Send, legacy_otel: bool = False
    ) -> None:
        providers = (None, None, None) if SCOPE_KEY in scope else self.providers()
        if scope["type"] == "websocket":
            providers = (providers[0], None, providers[2])
        exclude = self._config.get("exclude")
        if not any(provider is not None for provider in providers):
            await app(scope, receive, send)
        elif legacy_otel or (exclude is not None and exclude(scope)):
            await _left_alone(app, scope, receive, send)
        else:
            await self._record(app, scope, receive, send, *providers)

    async def _record(
        self, app: ASGIApp, scope: Scope, receive: Receive, send: Send, tracing: Any, metering: Any, logging: Any
    ) -> None:
        is_http = scope["type"] == "http"
        headers = Headers(scope=scope)
        parent = propagate.extract(headers, getter=_HEADERS_GETTER)
        record = self._started(scope, headers, parent, tracing, logging)
        measure = None if metering is None else self._measured(scope, metering)
        observer = Observer(record, send, receive, measure, is_http=is_http)
        context = parent if record.span is None else trace.set_span_in_context(record.span, parent)
        record.context = otel_context.set_value(CONTEXT_KEY, record, context)
        token = otel_context.attach(record.context)
        scope[SCOPE_KEY] = record
        try:
            await app(scope, observer.receive, observer.send)
        except BaseException as error:
            report_error(scope, error)
            observer.end(error)
            raise
        else:
            observer.end(observer.missing_response())
        finally:
            scope.pop(SCOPE_KEY, None)
            otel_context.detach(token)
            record.data = None
            record.errors.clear()

    def _started(self, scope: Scope, headers: Headers, parent: Context, tracing: Any, logging: Any) -> RequestTelemetry:
        is_http = scope["type"] == "http"
        method = scope.get("method", "")
        span_method = (method if method in self._known_methods else "HTTP") if is_http else "WS"
        tracer = None if tracing is None else self._sources.tracer(tracing)
        span = None
        if tracer is not None:
            attributes = {**server_attributes(scope, headers), "url.scheme": scope.get("scheme", "http")}
            if is_http:
                attributes |= (
                    url_attributes(scope) | method_attributes(method, self._known_methods) | version_attribute(scope)
                )
            else:
                attributes["network.protocol.name"] = "websocket"
            span = tracer.start_span(span_method, context=parent, kind=SpanKind.SERVER, attributes=attributes)
        return RequestTelemetry(
            span=span,
            span_method=span_method,
            tracer=tracer if self._config.get("operation_spans", True) else None,
            logger=None if logging is None else self._sources.logger(logging),
            mount_prefix=scope.get("root_path", "").rstrip("/"),
        )

    def _measured(self, scope: Scope, provider: Any) -> Callable[[RequestTelemetry, str | None], None]:
        """Count the request as active, and return what ends it."""
        duration, active = self._sources.instruments(provider)
        method = method_attributes(scope["method"], self._known_methods)["http.request.method"]
        always = {"url.scheme": scope.get("scheme", "http"), "http.request.method": method}
        version = version_attribute(scope)
        began = perf_counter()
        active.add(1, always)

        def end(record: RequestTelemetry, error: str | None) -> None:
            attributes: dict[str, Any] = {**always, **version, **route_attribute(record)}
            if record.status_code is not None:
                attributes["http.response.status_code"] = record.status_code
            if error is not None:
                attributes["error.type"] = error
            active.add(-1, always)
            duration.record(perf_counter() - began, attributes, context=record.context)

        return end


async def _left_alone(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """Run a request that others record or nobody should, applications mounted below included."""
    outer = current_record()
    token = None if outer is None else otel_context.attach(otel_context.set_value(CONTEXT_KEY, None))
    scope[SCOPE_KEY] = None
    try:
        await app(scope, receive, send)
    finally:
        scope.pop(SCOPE_KEY, None)
        if token is not None:
            otel_context.detach(token)
