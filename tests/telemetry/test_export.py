"""Tests of exporters from the environment: what is exported where, what is refused, what is flushed."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from opentelemetry.sdk.trace import TracerProvider
from starlette.types import Message, Receive, Scope, Send

from zonda.exceptions import FastAPIError
from zonda.telemetry import complete_config, export, lifespan

ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"


@pytest.fixture
def tracer() -> Iterator[TracerProvider]:
    provider = TracerProvider(shutdown_on_exit=False)
    yield provider
    export._shutdown()
    provider.shutdown()


async def run_lifespan(config: Any) -> list[str]:
    """Start and stop an application; the messages it sent."""
    sent: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "lifespan.startup.complete"})
        await send({"type": "lifespan.shutdown.complete"})

    async def receive() -> Message:
        return {"type": "lifespan.startup"}

    async def send(message: Message) -> None:
        sent.append(message["type"])

    await lifespan(config=config, app=app, scope={"type": "lifespan"}, receive=receive, send=send)
    return sent


@pytest.mark.parametrize(("value", "expected"), [("true", True), ("TRUE", True), ("1", False), ("", False)])
def test_the_environment_asks_for_export(monkeypatch: pytest.MonkeyPatch, value: str, expected: bool) -> None:
    """`FASTAPI_OTEL_AUTO_CONFIGURE=true` is the default of `auto_configure`; what the user wrote counts over it."""
    monkeypatch.setenv("FASTAPI_OTEL_AUTO_CONFIGURE", value)

    assert complete_config(None)["auto_configure"] is expected
    assert complete_config({"auto_configure": not expected})["auto_configure"] is not expected


def test_endpoints(monkeypatch: pytest.MonkeyPatch) -> None:
    """A shared endpoint gets the signal's path; an endpoint for one signal is taken as it is."""
    monkeypatch.setenv(ENDPOINT, "http://collector:4318/base/")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "http://other:4318/custom/")
    monkeypatch.setenv("OTEL_LOGS_EXPORTER", "none")

    assert export._export_endpoint("TRACES") == "http://collector:4318/base/v1/traces"
    assert export._export_endpoint("METRICS") == "http://other:4318/custom/"
    assert export._export_endpoint("LOGS") is None


@pytest.mark.parametrize(
    ("variable", "value", "message"),
    [
        (ENDPOINT, "collector:4318", "absolute HTTP URL"),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc", "http/protobuf"),
        ("OTEL_TRACES_EXPORTER", "console", "otlp or none"),
    ],
)
def test_what_cannot_be_exported_is_named(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, message: str
) -> None:
    """An environment that asks for something else than OTLP over HTTP is refused by name."""
    monkeypatch.setenv(ENDPOINT, "http://127.0.0.1:1")
    monkeypatch.setenv(variable, value)

    with pytest.raises(FastAPIError, match=message):
        export._export_endpoint("TRACES")


@pytest.mark.anyio
async def test_one_exporter_for_each_provider(monkeypatch: pytest.MonkeyPatch, tracer: TracerProvider) -> None:
    """A second lifespan adds no second exporter to the same provider."""
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://127.0.0.1:1")
    config = complete_config({"tracer_provider": tracer, "auto_configure": True})

    await run_lifespan(config)
    await run_lifespan(config)

    assert len(export._owned) == 1


@pytest.mark.anyio
async def test_a_failure_never_stops_the_application(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """An environment that cannot be used is one warning, and the application starts."""
    monkeypatch.setenv(ENDPOINT, "not-a-url")

    with caplog.at_level(logging.WARNING, logger="fastapi"):
        sent = await run_lifespan(complete_config({"auto_configure": True}))

    assert sent == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
    assert len(caplog.records) == 1


@pytest.mark.anyio
async def test_shutdown_is_told_after_the_flush(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is buffered leaves before the server hears that the application has stopped."""
    order: list[str] = []

    class Component:
        def force_flush(self) -> None:
            order.append("flush")

    monkeypatch.setattr(export, "_owned", [Component()])

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "lifespan.shutdown.complete"})

    async def receive() -> Message:
        return {"type": "lifespan.shutdown"}

    async def send(message: Message) -> None:
        order.append(message["type"])

    await lifespan(config=complete_config(None), app=app, scope={}, receive=receive, send=send)

    assert order == ["flush", "lifespan.shutdown.complete"]
