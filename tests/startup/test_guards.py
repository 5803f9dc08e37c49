"""`deadline` and `cancel_on_disconnect` act on every path and under every server, and clean-up runs once."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

import anyio
import pytest
import trio

import zonda
from zonda import APIRouter, Depends, HTTPException, Request, Zonda, clock
from zonda.responses import StreamingResponse
from zonda.routing import APIRoute
from zonda.testclient import TestClient
from zonda.time_left import DeadlineExceeded

from ..transport.pipelines import Foreign
from ..transport.wires import Wire, converse, statuses

NEVER = 3600
SOON = 0.05


class StepByStep(APIRoute):
    """Its handler is its own, so that it is answered as an ASGI application."""

    def get_route_handler(self) -> Any:
        handler = super().get_route_handler()

        async def handle(request: Request) -> Any:
            return await handler(request)

        return handle


class Decides(APIRoute):
    """It decides by itself what it matches."""

    def matches(self, scope: Any) -> Any:
        return super().matches(scope)


def behind_a_function(app: Zonda) -> Zonda:
    @app.middleware("http")
    async def pass_on(request: Request, call_next: Any) -> Any:
        return await call_next(request)

    return app


WRAPS = {"native": lambda app: app, "asgi": Foreign, "function": behind_a_function}
CLASSES = {"compiled": APIRoute, "stepped": StepByStep, "decides": Decides}


@pytest.fixture(params=WRAPS.values(), ids=WRAPS)
def wrap(request: pytest.FixtureRequest) -> Any:
    return request.param


@pytest.fixture(params=CLASSES.values(), ids=CLASSES)
def route_class(request: pytest.FixtureRequest) -> Any:
    return request.param


def get(path: str, *fields: str) -> bytes:
    return "\r\n".join((f"GET {path} HTTP/1.1", "Host: a", *fields, "", "")).encode()


def application(route_class: type[APIRoute], events: list[str], **options: Any) -> Zonda:
    app = Zonda(**options)
    app.router.route_class = route_class

    async def resource() -> AsyncIterator[str]:
        try:
            yield "open"
        except Exception as error:
            events.append(f"dependency saw {type(error).__name__}")
            raise
        finally:
            await asyncio.sleep(0)
            events.append("dependency closed")

    @app.get("/waits")
    async def waits(opened: str = Depends(resource)) -> str:
        events.append("running")
        try:
            await asyncio.sleep(NEVER)
        finally:
            for _ in range(3):
                await asyncio.sleep(0)  # what it awaits while it cleans up is not cancelled again
            events.append("handler ended")
        return "never"

    return app


async def answer_of(wire: Wire, wait: float = 5.0) -> bytes:
    """All that is written until there is an answer."""
    ends_at = time.monotonic() + wait
    while b"\r\n\r\n" not in wire.transport.written and time.monotonic() < ends_at:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    await wire.settle()
    return wire.take()


def test_past_its_deadline_a_handler_is_cancelled_and_504_answered(wrap: Any, route_class: Any) -> None:
    """On every path: JSON as FastAPI's errors, each clean-up once, and the connection is kept."""
    events: list[str] = []

    async def run() -> bytes:
        wire = Wire(wrap(application(route_class, events, deadline=SOON)))
        wire.send(get("/waits"))
        answer = await answer_of(wire)
        assert not wire.transport.is_closed
        return answer

    answer = asyncio.run(run())

    assert statuses(answer) == [504]
    assert answer.endswith(b'{"detail":"Gateway Timeout"}')
    assert [event for event in events if "saw" not in event] == ["running", "handler ended", "dependency closed"]


def test_dependencies_are_left_with_the_reason(wrap: Any) -> None:
    """At its `yield` a dependency sees why its request ended, as it sees any other error."""
    events: list[str] = []
    app = application(APIRoute, events, deadline=SOON)

    async def run() -> None:
        wire = Wire(wrap(app))
        wire.send(get("/waits"))
        await answer_of(wire)

    asyncio.run(run())
    assert f"dependency saw {DeadlineExceeded.__name__}" in events


def test_a_handler_is_cancelled_when_its_client_leaves(
    wrap: Any, route_class: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """On every path: each clean-up once, nothing is answered, nothing is logged."""
    events: list[str] = []

    async def run() -> bytes:
        wire = Wire(wrap(application(route_class, events, cancel_on_disconnect=True)))
        wire.send(get("/waits"))
        await wire.settle()
        await wire.hang_up()
        await wire.settle()
        assert not wire.state.tasks
        return wire.take()

    assert asyncio.run(run()) == b""
    assert [event for event in events if "saw" not in event] == ["running", "handler ended", "dependency closed"]
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


def test_without_the_options_a_handler_runs_to_its_end(wrap: Any, route_class: Any) -> None:
    """As on FastAPI, a client that left changes nothing; and nobody else's deadline is felt."""
    gate: list[asyncio.Event] = []
    done: list[float | None] = []
    app = Zonda()
    app.router.route_class = route_class

    @app.get("/")
    async def wait() -> None:
        await gate[0].wait()
        done.append(zonda.deadline())

    async def run() -> None:
        gate.append(asyncio.Event())
        wire = Wire(wrap(app))
        wire.send(get("/"))
        await wire.settle()
        await wire.hang_up()
        gate[0].set()
        await wire.settle()

    asyncio.run(run())
    assert done == [None]


def test_the_nearest_option_counts() -> None:
    """A route opts out of its application's deadline with an endless one, and of cancelling with False."""
    app = Zonda(deadline=SOON, cancel_on_disconnect=True)
    strict = APIRouter(deadline=7)

    @app.get("/own", deadline=5)
    @app.get("/none", deadline=float("inf"), cancel_on_disconnect=False)
    @strict.get("/router")
    async def left() -> float | None:
        return zonda.deadline()

    app.include_router(strict)
    client = TestClient(app)

    assert 4 < client.get("/own").json() <= 5
    assert 6 < client.get("/router").json() <= 7
    assert client.get("/none").json() is None


def test_what_is_left_is_known_wherever_the_request_runs() -> None:
    """In dependencies, in `def` code in its thread, and never after the answer."""
    seen: dict[str, float | None] = {}
    app = Zonda()

    def in_a_thread() -> None:
        seen["dependency"] = zonda.deadline()

    def afterwards() -> None:
        seen["background"] = zonda.deadline()

    @app.get("/", deadline=60, dependencies=[Depends(in_a_thread)])
    def read(background: zonda.BackgroundTasks) -> None:
        seen["endpoint"] = zonda.deadline()
        background.add_task(afterwards)

    TestClient(app).get("/")

    assert seen["dependency"] is not None
    assert seen["endpoint"] is not None
    assert 59 < seen["endpoint"] <= seen["dependency"] <= 60
    assert seen["background"] is None
    assert zonda.deadline() is None


def test_a_thread_is_waited_for() -> None:
    """A `def` endpoint cannot be cancelled: 504 is answered when it is done, and not before what it uses is free."""
    events: list[str] = []
    app = Zonda()

    def resource() -> Iterator[None]:
        try:
            yield
        finally:
            events.append("closed")

    @app.get("/", deadline=SOON)
    def read(opened: None = Depends(resource)) -> None:
        time.sleep(3 * SOON)
        events.append("done")

    assert TestClient(app).get("/").status_code == 504
    assert events == ["done", "closed"]


def test_a_handler_may_answer_when_it_is_cancelled(wrap: Any, route_class: Any) -> None:
    """Who catches the cancellation and answers is heard, and the task is no longer a cancelled one."""
    app = Zonda(deadline=SOON)
    app.router.route_class = route_class

    @app.get("/")
    async def read() -> int:
        task = asyncio.current_task()
        assert task is not None
        try:
            await asyncio.sleep(NEVER)
        except asyncio.CancelledError:
            await asyncio.sleep(0)
        return task.cancelling()

    async def run() -> bytes:
        wire = Wire(wrap(app))
        wire.send(get("/"))
        return await answer_of(wire)

    answer = asyncio.run(run())
    assert statuses(answer) == [200]


def test_time_outs_inside_a_handler_keep_their_meaning() -> None:
    """A shorter time-out of the handler's own is the handler's, whoever is cancelled around it later."""
    app = Zonda()

    @app.get("/", deadline=60)
    async def read() -> str:
        try:
            async with asyncio.timeout(0.01):
                await asyncio.sleep(NEVER)
        except TimeoutError:
            return "own"
        return "none"

    assert TestClient(app).get("/").json() == "own"


def test_an_answer_that_has_begun_is_not_cut(wrap: Any, route_class: Any) -> None:
    """A stream goes on past the deadline: its head has said that all is well."""
    app = Zonda(deadline=0.5)
    app.router.route_class = route_class

    @app.get("/")
    async def read() -> StreamingResponse:
        async def parts() -> AsyncIterator[str]:
            yield "begun"
            await asyncio.sleep(0.6)
            yield "done"

        return StreamingResponse(parts())

    async def run() -> bytes:
        wire = Wire(wrap(app))
        wire.send(get("/", "Connection: close"))
        await asyncio.wait_for(wire.transport.closed.wait(), 10)
        return wire.take()

    assert b"done" in asyncio.run(run())


def test_a_handler_of_the_application_answers_instead() -> None:
    """`DeadlineExceeded` is an HTTPException: handlers for it, for 504 or for that class are asked."""
    app = Zonda(deadline=SOON)

    @app.get("/")
    async def read() -> None:
        await asyncio.sleep(NEVER)

    @app.exception_handler(HTTPException)
    async def handle(request: Request, error: HTTPException) -> Any:
        return zonda.Response(f"late: {error.status_code}", 503)

    answer = TestClient(app).get("/")
    assert (answer.status_code, answer.text) == (503, "late: 504")


UPLOAD = b"x" * 300_000


def test_a_body_is_read_whole_while_its_client_is_watched(wrap: Any, route_class: Any) -> None:
    """What is read ahead is handed on in order, however it is read, before and after a pause of the handler."""
    app = Zonda(cancel_on_disconnect=True)
    app.router.route_class = route_class

    @app.post("/")
    async def read(request: Request) -> int:
        size = 0
        async for chunk in request.stream():
            size += len(chunk)
            await asyncio.sleep(0)
        return size

    head = f"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {len(UPLOAD)}\r\n\r\n".encode()
    pieces = [UPLOAD[at : at + 50_000] for at in range(0, len(UPLOAD), 50_000)]

    answer, _ = converse(wrap(app), head, *pieces)

    assert answer.endswith(b"\r\n\r\n300000")


def test_an_upload_is_cancelled_when_its_client_leaves(wrap: Any, route_class: Any) -> None:
    """In the middle of a body the handler is cancelled, or finds its end missing, once."""
    events: list[str] = []
    app = Zonda(cancel_on_disconnect=True)
    app.router.route_class = route_class

    @app.post("/")
    async def read(request: Request) -> int:
        try:
            return len(await request.body())
        finally:
            events.append("ended")

    async def run() -> bytes:
        wire = Wire(wrap(app))
        await wire.talk(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhalf")
        await wire.hang_up()
        await wire.settle()
        return wire.take()

    assert asyncio.run(run()) == b""
    assert events == ["ended"]


def test_a_stopped_clock_lets_a_deadline_pass_when_it_is_moved(wrap: Any, route_class: Any) -> None:
    """Tests need not wait for it, and what is left is what the clock says."""
    events: list[str] = []
    left: list[float | None] = []

    async def run(frozen: clock.FrozenClock) -> bytes:
        app = application(route_class, events, deadline=NEVER)

        @app.get("/left")
        async def tell() -> None:
            left.append(zonda.deadline())
            frozen.move(NEVER - 1)
            left.append(zonda.deadline())

        wire = Wire(wrap(app))
        wire.send(get("/left"))
        assert statuses(await answer_of(wire)) == [200]
        wire.send(get("/waits"))
        while "running" not in events:  # noqa: ASYNC110
            await asyncio.sleep(0)
        frozen.move(NEVER)
        return await answer_of(wire)

    with clock.frozen() as frozen:
        answer = asyncio.run(run(frozen))

    assert statuses(answer) == [504]
    assert left == [pytest.approx(NEVER), pytest.approx(1)]
    assert [event for event in events if "saw" not in event] == ["running", "handler ended", "dependency closed"]


def test_a_stopped_clock_counts_on_trio(route_class: Any) -> None:
    """There a deadline is a scope's own otherwise."""
    app = Zonda(deadline=NEVER)
    app.router.route_class = route_class

    @app.get("/")
    async def read() -> None:
        frozen.move(NEVER)
        await anyio.sleep(NEVER)

    with clock.frozen() as frozen:
        assert TestClient(app, backend="trio").get("/").status_code == 504


@pytest.mark.parametrize("option", [{"deadline": SOON}, {"cancel_on_disconnect": True}], ids=["deadline", "leaving"])
def test_on_trio_too(option: dict[str, Any], route_class: Any) -> None:
    """A foreign server may run on trio: the handler is cancelled and its dependencies are closed once."""
    events: list[str] = []
    app = Zonda(**option)
    app.router.route_class = route_class

    async def resource() -> AsyncIterator[str]:
        try:
            yield "open"
        finally:
            await anyio.lowlevel.checkpoint()
            events.append("dependency closed")

    @app.get("/")
    async def read(opened: str = Depends(resource)) -> None:
        events.append("running")
        await anyio.sleep(NEVER)

    sent: list[Any] = []
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": "/",
        "raw_path": b"/",
        "query_string": b"",
        "root_path": "",
        "headers": [],
    }
    messages = iter([{"type": "http.request", "body": b"", "more_body": False}])

    async def receive() -> Any:
        for message in messages:
            return message
        await anyio.sleep(SOON if "cancel_on_disconnect" in option else NEVER)
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    trio.run(app, scope, receive, send)

    assert events == ["running", "dependency closed"]
    assert [message["status"] for message in sent if "status" in message] == ([504] if "deadline" in option else [])
