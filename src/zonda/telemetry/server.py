"""This module is the outermost layer of an application with telemetry: a span, metrics and error events a request."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter, time_ns
from typing import Any

from opentelemetry import context as otel_context
from opentelemetry import propagate, trace
from opentelemetry._logs import SeverityNumber
from opentelemetry.context import Context
from opentelemetry.trace import SpanKind
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from zonda.telemetry.attributes import (
    HEADERS_GETTER,
    known_methods,
    method_attributes,
    server_attributes,
    url_attributes,
    version_attribute,
)
from zonda.telemetry.declarations import TelemetryConfig
from zonda.telemetry.observer import Observer
from zonda.telemetry.operations import is_normal_disconnect, route_attribute
from zonda.telemetry.records import CONTEXT_KEY, SCOPE_KEY, RequestTelemetry, current_record
from zonda.telemetry.sources import Sources


class NativeTelemetry:
    """Wraps an ASGI application for one configuration. It costs three comparisons while no provider is configured."""

    def __init__(self, config: TelemetryConfig) -> None:
        self.config = config
        self._known_methods = known_methods()
        self._sources = Sources(config)

    def enabled(self) -> bool:
        """Whether any signal has a provider now; a global one may be set at any time."""
        return any(provider is not None for provider in self._sources.providers())

    async def __call__(
        self, *, app: ASGIApp, scope: Scope, receive: Receive, send: Send, legacy_otel: bool = False
    ) -> None:
        providers = (None, None, None) if SCOPE_KEY in scope else self._sources.providers()
        if scope["type"] == "websocket":
            providers = (providers[0], None, providers[2])
        exclude = self.config.get("exclude")
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
        parent = propagate.extract(headers, getter=HEADERS_GETTER)
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
            tracer=tracer if self.config.get("operation_spans", True) else None,
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


class ExceptionTelemetryMiddleware:
    """Stands inside the server error step, so that an error is reported before a 500 is made of it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self.app(scope, receive, send)
        except Exception as error:
            report_error(scope, error)
            raise


def report_error(scope: Scope, error: BaseException) -> None:
    """Note that nothing handled an error of the request, once however many layers it passes."""
    record = scope.get(SCOPE_KEY)
    if not isinstance(record, RequestTelemetry) or any(known is error for known in record.errors):
        return
    record.errors.append(error)
    if record.logger is None or not isinstance(error, Exception) or is_normal_disconnect(error):
        return
    is_http = scope["type"] == "http"
    record.logger.emit(
        timestamp=time_ns(),
        context=record.context,
        severity_number=SeverityNumber.ERROR,
        severity_text="ERROR",
        body=f"Unhandled exception in FastAPI {'request' if is_http else 'WebSocket connection'}",
        attributes=route_attribute(record),
        event_name="http.server.request.exception" if is_http else "fastapi.websocket.exception",
        exception=error,
    )


def is_instrumented(stack: Any) -> bool:
    """Whether OpenTelemetry's own ASGI middleware stands in a built stack; it then records, and we step aside."""
    while stack is not None:
        if type(stack).__module__.startswith("opentelemetry.instrumentation.asgi"):
            return True
        stack = getattr(stack, "app", None)
    return False


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
