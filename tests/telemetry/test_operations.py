"""Tests of what is recorded inside a request: steps, failed validation, names."""

from __future__ import annotations

from functools import partial

import pytest
from opentelemetry import trace
from opentelemetry.trace import StatusCode
from starlette.types import Receive, Scope, Send

from tests.telemetry.recording import Recording, request
from zonda.exceptions import HTTPException, RequestValidationError
from zonda.telemetry import TelemetryConfig, get_telemetry_data, operation, validation_failed
from zonda.telemetry.errors import error_type

pytestmark = pytest.mark.anyio


class Instance:
    def __call__(self) -> None:
        """Nothing."""


async def run_operation(
    config: TelemetryConfig, error: Exception | None = None, name: str = "fastapi.endpoint"
) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        with operation(name, run_operation):
            if error is not None:
                raise error

    try:
        await request(app, config)
    except Exception as raised:  # noqa: BLE001
        assert raised is error  # noqa: PT017 - any error of the step passes


async def test_a_step_is_a_child_of_its_request(recorded: Recording) -> None:
    """A step's span names the function that ran and has the request's span as its parent."""
    await run_operation(recorded.config)

    step = next(span for span in recorded.exporter.get_finished_spans() if span.name == "fastapi.endpoint")
    assert step.parent == recorded.span.context
    assert step.attributes == {"code.function.name": f"{__name__}.run_operation"}


@pytest.mark.parametrize(
    ("error", "name", "is_error"),
    [
        (ValueError(), "fastapi.endpoint", True),
        (HTTPException(404), "fastapi.endpoint", False),
        (RequestValidationError([]), "fastapi.dependencies", False),
        (HTTPException(404), "fastapi.background_task", True),
    ],
)
async def test_which_errors_fail_a_step(recorded: Recording, error: Exception, name: str, is_error: bool) -> None:
    """An error that is an answer does not fail its step, unless nobody is left to answer."""
    await run_operation(recorded.config, error, name)

    step = next(span for span in recorded.exporter.get_finished_spans() if span.name == name)
    assert (step.status.status_code is StatusCode.ERROR) == is_error
    assert step.events == ()


async def test_steps_can_be_switched_off(recorded: Recording) -> None:
    """With `operation_spans` off a request has its own span only."""
    await run_operation({**recorded.config, "operation_spans": False})

    assert len(recorded.exporter.get_finished_spans()) == 1


def test_outside_a_request_a_step_is_nothing() -> None:
    """A step outside a request, or without telemetry, has no span."""
    with operation("fastapi.endpoint", run_operation):
        assert not trace.get_current_span().get_span_context().is_valid


async def test_failed_validation_is_an_event_without_values(recorded: Recording) -> None:
    """Failed validation tells how many errors there were; what was sent stays in the data of the request."""
    seen = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        validation_failed(RequestValidationError([{"type": "int_parsing", "input": "secret"}]))
        data = get_telemetry_data()
        assert data is not None
        seen.append(data.errors)

    await request(app, recorded.config)

    (event,) = recorded.events
    assert event.event_name == "fastapi.validation.failed"
    assert event.attributes == {"fastapi.validation.error_count": 1}
    assert "secret" not in repr(event)
    assert seen == [[{"type": "int_parsing", "input": "secret"}]]


def test_error_types_have_fastapis_names() -> None:
    """Our errors are named as FastAPI's, so that dashboards keep counting them; others by their module."""
    assert error_type(HTTPException(404)) == "fastapi.exceptions.HTTPException"
    assert error_type(ValueError()) == "ValueError"
    assert error_type(ConnectionRefusedError()) == "ConnectionRefusedError"


async def test_functions_without_a_name(recorded: Recording) -> None:
    """Instances and partials are named by their class."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        with operation("one", Instance()), operation("two", partial(run_operation)):
            pass

    await request(app, recorded.config)

    names = {
        span.name: span.attributes["code.function.name"]
        for span in recorded.exporter.get_finished_spans()
        if span.name in {"one", "two"} and span.attributes
    }
    assert names == {"one": f"{__name__}.Instance", "two": "functools.partial"}
