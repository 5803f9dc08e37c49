"""Tests of the outermost layer: one span, one measurement and at most one error event for each request."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from opentelemetry import trace
from opentelemetry.trace import StatusCode
from starlette.types import Receive, Scope, Send

from tests.telemetry.recording import Recording, request
from zonda.telemetry import ExceptionTelemetryMiddleware, complete_config, get_telemetry_data, route_selected

pytestmark = pytest.mark.anyio


async def ok(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200})
    await send({"type": "http.response.body", "body": b"ok"})


async def test_a_span_names_the_route_not_the_path(recorded: Recording) -> None:
    """A request's span is named by its template, so that a million paths make one name."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        route_selected(scope, "/items/{item_id}")
        await ok(scope, receive, send)

    await request(app, recorded.config, path="/items/7", query_string=b"page=2&sig=secret")

    assert recorded.span.name == "GET /items/{item_id}"
    assert recorded.span.attributes == {
        "server.address": "shop.example",
        "server.port": 80,
        "url.scheme": "http",
        "url.path": "/items/7",
        "url.query": "page=2&sig=REDACTED",
        "http.request.method": "GET",
        "network.protocol.version": "1.1",
        "http.route": "/items/{item_id}",
        "http.response.status_code": 200,
    }


async def test_mounts_add_their_template_in_front(recorded: Recording) -> None:
    """A route below a mount is named with the mount's template, and with the root path that the server gave."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        route_selected(scope, "/shops/{shop}/{path}", mount=True)
        route_selected(scope, "/items/{item_id}")
        await ok(scope, receive, send)

    await request(app, recorded.config, root_path="/v1")

    assert recorded.span.name == "GET /v1/shops/{shop}/items/{item_id}"


async def test_the_span_ends_with_the_response(recorded: Recording) -> None:
    """Background work after the last byte is not part of the span."""
    finished = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200})
        await send({"type": "http.response.body", "body": b"one", "more_body": True})
        finished.append(len(recorded.server_spans))
        await send({"type": "http.response.body", "body": b"two"})
        finished.append(len(recorded.server_spans))

    await request(app, recorded.config)

    assert finished == [0, 1]


async def test_an_error_is_reported_once(recorded: Recording) -> None:
    """An unhandled error that passes several layers is one event, with the route and the traceback."""

    async def failing(scope: Scope, receive: Receive, send: Send) -> None:
        route_selected(scope, "/broken")
        raise ValueError("broken")

    layers = ExceptionTelemetryMiddleware(ExceptionTelemetryMiddleware(failing))

    with pytest.raises(ValueError, match="broken"):
        await request(layers, recorded.config)

    (event,) = recorded.events
    assert event.event_name == "http.server.request.exception"
    assert event.attributes["http.route"] == "/broken"
    assert "ValueError: broken" in event.attributes["exception.stacktrace"]
    assert recorded.span.status.status_code is StatusCode.ERROR
    assert recorded.span.attributes is not None
    assert recorded.span.attributes["error.type"] == "ValueError"


@pytest.mark.parametrize(("error", "kind"), [("nothing sent", "RuntimeError"), ("client left", "ConnectionError")])
async def test_a_response_that_never_came(recorded: Recording, error: str, kind: str) -> None:
    """A request without a complete response is an error, whose type says whether the client had left."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if error == "client left":
            await receive()

    await request(app, recorded.config)

    assert recorded.span.attributes is not None
    assert recorded.span.attributes["error.type"] == kind
    assert recorded.events == []


async def test_cancellation_ends_the_span_and_passes(recorded: Recording) -> None:
    """A cancelled request ends its span with an error and no event, and stays cancelled."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await request(app, recorded.config)

    assert recorded.span.status.status_code is StatusCode.ERROR
    assert recorded.events == []
    assert recorded.points("http.server.active_requests")[0].value == 0


async def test_duration_and_active_requests(recorded: Recording) -> None:
    """Each request is counted while it lasts and its duration recorded by method, route and status."""
    active = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        route_selected(scope, "/items")
        active.append(recorded.points("http.server.active_requests")[0].value)
        await ok(scope, receive, send)

    await request(app, recorded.config)

    (point,) = recorded.points("http.server.request.duration")
    assert active == [1]
    assert recorded.points("http.server.active_requests")[0].value == 0
    assert point.attributes == {
        "url.scheme": "http",
        "http.request.method": "GET",
        "network.protocol.version": "1.1",
        "http.route": "/items",
        "http.response.status_code": 200,
    }


async def test_unknown_methods_do_not_make_names(recorded: Recording) -> None:
    """A method that a client made up is one name, `HTTP`, and kept as an attribute of the span only."""
    await request(ok, recorded.config, method="PRIVATE")

    assert recorded.span.name == "HTTP"
    assert recorded.span.attributes is not None
    assert recorded.span.attributes["http.request.method_original"] == "PRIVATE"
    (point,) = recorded.points("http.server.request.duration")
    assert point.attributes["http.request.method"] == "_OTHER"
    assert "http.request.method_original" not in point.attributes


async def test_excluded_requests_are_left_alone(recorded: Recording) -> None:
    """An excluded request has no span, no measurement and no data, and neither has what is mounted below it."""
    seen: list[Any] = []

    async def inner(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(get_telemetry_data())
        await ok(scope, receive, send)

    async def outer(scope: Scope, receive: Receive, send: Send) -> None:
        await request(inner, recorded.config, **scope)

    await request(outer, {**recorded.config, "exclude": lambda scope: True})

    assert seen == [None]
    assert recorded.server_spans == []
    assert recorded.points("http.server.request.duration") == []


async def test_nothing_is_recorded_twice(recorded: Recording) -> None:
    """An application mounted in another one adds to its span and makes none of its own."""

    async def outer(scope: Scope, receive: Receive, send: Send) -> None:
        await request(ok, recorded.config, **scope)

    await request(outer, recorded.config)

    assert len(recorded.server_spans) == 1


async def test_without_providers_the_scope_is_not_touched() -> None:
    """While no provider is configured, the application is called with nothing added."""
    scopes: list[Scope] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        scopes.append(dict(scope))
        await ok(scope, receive, send)

    await request(app, complete_config(None))

    assert "fastapi.telemetry" not in scopes[0]
    assert not trace.get_current_span().get_span_context().is_valid


async def test_data_ends_with_the_request(recorded: Recording) -> None:
    """What telemetry knows of a request is there while it lasts and gone afterwards, kept contexts included."""
    kept = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        from opentelemetry import context

        assert get_telemetry_data() is not None
        kept.append(context.get_current())
        await ok(scope, receive, send)

    await request(app, recorded.config)

    assert get_telemetry_data() is None
    assert get_telemetry_data(kept[0]) is None
