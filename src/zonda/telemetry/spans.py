"""This module puts a span around one step of a request; OpenTelemetry is imported with it, once one is recorded."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from opentelemetry import context as otel_context
from opentelemetry import trace
from opentelemetry.trace import StatusCode, Tracer

from zonda.telemetry.errors import error_type, is_answer


@contextmanager
def traced(tracer: Tracer, name: str, function: Callable[..., Any] | None) -> Iterator[None]:
    attributes = {} if function is None else {"code.function.name": _function_name(function)}
    span = tracer.start_span(name, attributes=attributes)
    token = otel_context.attach(trace.set_span_in_context(span))
    try:
        yield
    except Exception as error:
        if name == "fastapi.background_task" or not is_answer(error):
            span.set_status(StatusCode.ERROR)
            span.set_attribute("error.type", error_type(error))
        raise
    finally:
        otel_context.detach(token)
        span.end()


def _function_name(function: Callable[..., Any]) -> str:
    named = function if hasattr(function, "__qualname__") else type(function)
    return f"{named.__module__}.{named.__qualname__}"
