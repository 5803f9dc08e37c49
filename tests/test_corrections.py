"""What FastAPI has wrong and `Zonda(corrections=True)` puts right, each with FastAPI's own answer beside it."""

from __future__ import annotations

from typing import Any

import pytest

from zonda import BackgroundTasks, Response, WebSocket, WebSocketDisconnect, Zonda
from zonda.responses import JSONResponse
from zonda.routing import APIRoute
from zonda.testclient import TestClient


class Stepped(APIRoute):
    """Runs its routes step by step."""

    def get_route_handler(self) -> Any:
        return super().get_route_handler()


HOW = pytest.mark.parametrize("route_class", [APIRoute, Stepped])
CORRECTED = pytest.mark.parametrize("corrections", [False, True])


@HOW
@CORRECTED
def test_tasks_of_a_response_do_not_replace_those_that_were_added(corrections: bool, route_class: Any) -> None:
    """A Response with a task of its own drops those that were added; corrected, all of them run."""
    order: list[str] = []
    app = Zonda(corrections=corrections)
    app.router.route_class = route_class

    @app.get("/")
    async def read(tasks: BackgroundTasks) -> Response:
        tasks.add_task(order.append, "added")
        own = BackgroundTasks()
        own.add_task(order.append, "own")
        return JSONResponse("read", background=own)

    TestClient(app).get("/")

    assert order == (["added", "own"] if corrections else ["own"])


@HOW
@CORRECTED
def test_a_task_that_fails_does_not_stop_the_others(corrections: bool, route_class: Any) -> None:
    """A background task that raises keeps those after it from running; corrected, they run, and the error is raised."""
    order: list[str] = []
    app = Zonda(corrections=corrections)
    app.router.route_class = route_class

    def fail() -> None:
        raise ValueError("no")

    @app.get("/")
    async def read(tasks: BackgroundTasks) -> None:
        tasks.add_task(fail)
        tasks.add_task(order.append, "after")

    with pytest.raises(ValueError, match="no"):
        TestClient(app).get("/")

    assert order == (["after"] if corrections else [])


@CORRECTED
def test_a_client_that_left_a_websocket_is_no_error(corrections: bool) -> None:
    """An endpoint that does not catch WebSocketDisconnect fails; corrected, it has come to its end."""
    app = Zonda(corrections=corrections)
    ends: list[str] = []

    @app.websocket("/")
    async def listen(websocket: WebSocket) -> None:
        await websocket.accept()
        try:
            while True:
                await websocket.receive_text()
        finally:
            ends.append("left")

    def leave() -> None:
        with TestClient(app).websocket_connect("/") as websocket:
            websocket.close()

    if corrections:
        leave()
    else:
        with pytest.raises(WebSocketDisconnect):
            leave()

    assert ends == ["left"]
