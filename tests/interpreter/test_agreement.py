"""Tests that what is compiled and what is run step by step agree, on programs and requests drawn at random."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, given, settings
from starlette.testclient import TestClient

from tests.interpreter.programs import Item, Program, endpoint_of, programs, requests, valid_programs, valid_requests
from tests.interpreter.steps import DrawnStep, drawn_steps
from zonda import Zonda
from zonda.routing import APIRoute


class SteppedRoute(APIRoute):
    """A route with a handler of its own, which is the reason to run it step by step."""

    def get_route_handler(self) -> Callable[..., Any]:
        return super().get_route_handler()


def outcome(
    program: Program, request: dict[str, Any], route_class: type[APIRoute], steps: list[tuple[Any, ...]] | None = None
) -> dict[str, Any]:
    """The answer to a request and everything that happened for it."""
    app = Zonda(extensions=[DrawnStep(*facts, program.journal) for facts in steps or ()])
    app.router.route_class = route_class
    app.post("/", response_model=Item if program.has_model else None)(endpoint_of(program))
    program.journal.clear()
    errors: list[str] = []

    async def noting(scope: Any, receive: Any, send: Any) -> None:
        try:
            await app(scope, receive, send)
        except BaseException as error:
            errors.append(f"{type(error).__name__}: {error}".split("line")[0])
            raise

    response = TestClient(noting, raise_server_exceptions=False).post("/", **request)
    return {
        "status": response.status_code,
        "headers": sorted(response.headers.multi_items()),
        "body": response.content,
        "journal": list(program.journal),
        "errors": errors,
    }


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(program=programs(), request=requests)
def test_compiled_and_stepped_routes_agree(program: Program, request: dict[str, Any]) -> None:
    """For any program and request: the same answer, the same errors, and the same things done in the same order."""
    assert outcome(program, request, APIRoute) == outcome(program, request, SteppedRoute)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(program=programs() | valid_programs, steps=drawn_steps(), request=requests | valid_requests)
def test_compiled_and_stepped_routes_agree_with_steps(
    program: Program, steps: list[tuple[Any, ...]], request: dict[str, Any]
) -> None:
    """The same with whatever batteries add: where each runs, what it sees, and what it makes of the answer."""
    assert outcome(program, request, APIRoute, steps) == outcome(program, request, SteppedRoute, steps)
