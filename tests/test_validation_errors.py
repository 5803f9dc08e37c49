"""What is wrong with a request is listed as long as somebody could read the list."""

from __future__ import annotations

from typing import Annotated, Any

import pytest

from zonda import Body, Request, Zonda
from zonda.routing import APIRoute
from zonda.testclient import TestClient
from zonda.validation_errors import MOST_ERRORS


class StepByStep(APIRoute):
    """Its handler is its own, so that the plan is interpreted."""

    def get_route_handler(self) -> Any:
        handler = super().get_route_handler()

        async def handle(request: Request) -> Any:
            return await handler(request)

        return handle


@pytest.mark.parametrize("route_class", [APIRoute, StepByStep], ids=["compiled", "interpreted"])
def test_a_body_that_is_wrong_everywhere_gets_a_short_answer(route_class: type[APIRoute]) -> None:
    """Up to ten thousand errors are listed as FastAPI does; beyond, one says how many there are."""
    app = Zonda()
    app.router.route_class = route_class

    @app.post("/")
    async def add(body: Annotated[list[int], Body()]) -> int:
        return sum(body)

    client = TestClient(app)
    listed = client.post("/", json=["x"] * MOST_ERRORS)
    counted = client.post("/", json=["x"] * (MOST_ERRORS + 1))

    assert (listed.status_code, counted.status_code) == (422, 422)
    assert len(listed.json()["detail"]) == MOST_ERRORS
    assert listed.json()["detail"][7]["loc"] == ["body", 7]
    text = f"{MOST_ERRORS + 1} parts of the value are invalid, too many to list"
    assert counted.json() == {"detail": [{"type": "too_many_errors", "loc": ["body"], "msg": text, "input": None}]}
