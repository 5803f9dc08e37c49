"""What FastAPI has wrong and `Zonda(corrections=True)` puts right, each with FastAPI's own answer beside it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from pydantic import BaseModel

from zonda import BackgroundTasks, Request, Response, WebSocket, WebSocketDisconnect, Zonda
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


@HOW
@CORRECTED
@pytest.mark.parametrize("place", ["application", "operation"])
@pytest.mark.parametrize("is_counted", [False, True])
def test_a_body_that_is_too_large_has_one_answer(
    corrections: bool, route_class: Any, place: str, is_counted: bool
) -> None:
    """Text where Content-Length tells, JSON where a reader counts; corrected, JSON in both."""
    app = Zonda(corrections=corrections, max_body_size=2 if place == "application" else None)
    app.router.route_class = route_class

    @app.post("/", max_body_size=2 if place == "operation" else None)
    async def read(body: list[int]) -> int:
        return len(body)

    content = iter([b"[1,", b"2]"]) if is_counted else b"[1,2]"
    answer = TestClient(app).post("/", content=content, headers={"content-type": "application/json"})

    assert answer.status_code == 413
    if corrections or is_counted:
        assert answer.json() == {"detail": "Content Too Large"}
        assert answer.headers["content-type"] == "application/json"
    else:
        assert answer.text == "Content Too Large"


@CORRECTED
@pytest.mark.parametrize("chosen", [None, "3.0.2"])
@pytest.mark.parametrize("what", ["stream", "query", "webhook", "nothing"])
def test_a_document_with_keywords_of_openapi_3_2_says_so(corrections: bool, chosen: str | None, what: str) -> None:
    """Such a document says 3.1.0; corrected, 3.2.0, but a version that the application chose stays."""
    app = Zonda(corrections=corrections)
    if chosen is not None:
        app.openapi_version = chosen

    async def count() -> AsyncIterator[int]:
        yield 1

    def read(request: Request) -> int:
        return 1

    if what == "webhook":
        app.webhooks.post("counted")(count)
    else:
        app.api_route("/", methods=["QUERY" if what == "query" else "GET"])(count if what == "stream" else read)

    expected = "3.2.0" if corrections and what != "nothing" else "3.1.0"
    assert app.openapi()["openapi"] == (chosen or expected)


class Measure(BaseModel):
    size: Any


class Sizes(JSONResponse):
    """A class of the application's own."""

    media_type = "application/sizes+json"


@HOW
@CORRECTED
@pytest.mark.parametrize("response_class", [JSONResponse, Sizes])
@pytest.mark.parametrize("is_set_in_endpoint", [False, True])
@pytest.mark.parametrize("status", [200, 204, 205, 304])
def test_what_has_no_content_does_not_name_its_type(
    corrections: bool, route_class: Any, response_class: Any, is_set_in_endpoint: bool, status: int
) -> None:
    """A 204 without a body says `content-type`; corrected, it does not. Other fields and other statuses stay."""
    app = Zonda(corrections=corrections)
    app.router.route_class = route_class
    declared = {} if is_set_in_endpoint else {"status_code": status}

    @app.get("/fixed", response_class=response_class, status_code=status)
    async def fixed() -> None:
        """Returns nothing."""

    @app.get("/", response_class=response_class, **declared)
    async def read(response: Response) -> None:
        response.headers["x-more"] = "1"
        if is_set_in_endpoint:
            response.status_code = status

    client = TestClient(app)
    answers = [client.get("/fixed"), client.get("/")]

    assert [answer.status_code for answer in answers] == [status] * 2
    assert answers[1].headers["x-more"] == "1"
    for answer in answers:
        named = answer.headers.get("content-type")
        assert named == (None if corrections and status != 200 else response_class.media_type)
