"""Routes that keep scopes open run in one task of their own behind a middleware function."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import anyio
import pytest
from starlette.background import BackgroundTask, BackgroundTasks
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from tests.middleware.forms import Client
from zonda import Depends, HTTPException, Zonda
from zonda.middleware.apart import apart
from zonda.middleware.wraps import wrap_of
from zonda.seams import Exchange, Head, Reply
from zonda.testclient import TestClient
from zonda.transport.driving import answer
from zonda.transport.exchange import HttpExchange

pytestmark = pytest.mark.anyio


class Pipeline:
    """One function around one responder, without handlers."""

    is_outermost = True

    def __init__(self, function: Any, respond: Any) -> None:
        wrap = wrap_of(Middleware(BaseHTTPMiddleware, dispatch=function))
        assert wrap is not None
        self.wrap = wrap
        self.respond = apart(respond)

    async def dispatch(self, exchange: Exchange) -> Reply:
        return await self.wrap(exchange, self.respond)

    async def server_error(self, exchange: Exchange, error: Exception) -> Reply:
        return Reply(Head(500), type(error).__name__.encode())

    async def application_error(self, exchange: Exchange, error: Exception) -> Reply:
        raise error

    async def late_error(self, exchange: Exchange, error: Exception) -> Exception:
        return error


async def run(function: Any, respond: Any, client: Client | None = None) -> tuple[Client, BaseException | None]:
    client = client or Client()
    exchange = HttpExchange(client.scope(), client.receiver(), client.send)
    with anyio.fail_after(5):
        error = await answer(Pipeline(function, respond), exchange)
    return client, error


async def within_a_time_out(request: Request, call_next: Any) -> Response:
    with anyio.fail_after(5):
        return await call_next(request)


def keeping(events: list[Any], reply: Any) -> Any:
    """A responder with a dependency that holds a scope until after the reply."""

    @asynccontextmanager
    async def session() -> AsyncIterator[None]:
        events.append(("open", asyncio.current_task()))
        try:
            with anyio.CancelScope():
                yield
        except BaseException as error:
            events.append(type(error).__name__)
            raise
        finally:
            events.append(("closed", asyncio.current_task()))

    async def respond(exchange: Exchange) -> Reply:
        await exchange.request_stack().enter_async_context(session())
        return reply(exchange)  # type: ignore[no-any-return]

    return respond


def tasks_of(events: list[Any]) -> set[Any]:
    return {event[1] for event in events if isinstance(event, tuple)}


async def test_a_scope_around_call_next_and_one_in_a_dependency_do_not_meet() -> None:
    """A time-out in the middleware works although a dependency holds a task group past the reply."""
    events: list[Any] = []

    client, error = await run(within_a_time_out, keeping(events, lambda exchange: Reply(Head(200), b"done")))

    assert error is None
    assert client.answer().body == b"done"
    assert [event[0] for event in events] == ["open", "closed"]
    assert len(tasks_of(events)) == 1


async def test_a_stream_lives_in_the_task_of_its_route() -> None:
    """The chunks of a generator, and the scopes between them, belong to the task that opened the dependencies."""
    events: list[Any] = []

    async def chunks() -> AsyncIterator[bytes]:
        async with anyio.create_task_group():
            for number in range(3):
                events.append(("chunk", asyncio.current_task()))
                yield b"%d" % number

    client, error = await run(within_a_time_out, keeping(events, lambda exchange: Reply(Head(200), stream=chunks())))

    assert error is None
    assert client.answer().chunks == (b"0", b"1", b"2")
    assert [event[0] for event in events] == ["open", "chunk", "chunk", "chunk", "closed"]
    assert len(tasks_of(events)) == 1


async def test_a_time_out_ends_the_route_and_waits_for_it() -> None:
    """Cancelling the middleware cancels the route's task; its dependencies have closed when the error is raised."""
    events: list[Any] = []

    async def function(request: Request, call_next: Any) -> Response:
        try:
            with anyio.fail_after(0.01):
                return await call_next(request)  # type: ignore[no-any-return]
        except TimeoutError:
            events.append("timed out")
            return PlainTextResponse("too slow", status_code=504)

    async def respond(exchange: Exchange) -> Reply:
        await keeping(events, lambda exchange: None)(exchange)
        try:
            await anyio.sleep_forever()
        except asyncio.CancelledError as error:
            await exchange.close(error)
            raise
        raise AssertionError

    client, error = await run(function, respond)

    assert error is None
    assert client.answer().status == 504
    assert [event if isinstance(event, str) else event[0] for event in events] == [
        "open",
        "CancelledError",
        "closed",
        "timed out",
    ]


async def test_an_error_after_call_next_cancels_the_route() -> None:
    """A function that raises after the route replied leaves nothing open; as in FastAPI no task runs."""
    events: list[Any] = []

    async def function(request: Request, call_next: Any) -> Response:
        await call_next(request)
        raise ValueError("late")

    def reply(exchange: Exchange) -> Reply:
        exchange.background = BackgroundTasks([BackgroundTask(events.append, "task")])
        return Reply(Head(200), b"done")

    client, error = await run(function, keeping(events, reply))

    assert isinstance(error, ValueError)
    assert client.answer().body == b"ValueError"
    assert [event if isinstance(event, str) else event[0] for event in events] == [
        "open",
        "CancelledError",
        "closed",
    ]


async def test_a_replaced_reply_keeps_its_tasks_and_exits() -> None:
    """Background tasks and exits of the route run after the response that took the place of its own."""
    events: list[Any] = []

    async def function(request: Request, call_next: Any) -> Response:
        await call_next(request)
        return PlainTextResponse("instead")

    def reply(exchange: Exchange) -> Reply:
        exchange.background = BackgroundTasks([BackgroundTask(events.append, "task")])
        return Reply(Head(200), b"done")

    client, error = await run(function, keeping(events, reply))

    assert error is None
    assert client.answer().body == b"instead"
    assert [event if isinstance(event, str) else event[0] for event in events] == ["open", "task", "closed"]


async def test_an_error_in_the_stream_reaches_the_dependency() -> None:
    """What a generator raises between chunks is what its dependencies see, and what is reported."""
    events: list[Any] = []

    async def chunks() -> AsyncIterator[bytes]:
        yield b"one"
        raise LookupError("no second")

    async def function(request: Request, call_next: Any) -> Response:
        return await call_next(request)  # type: ignore[no-any-return]

    async def respond(exchange: Exchange) -> Reply:
        @asynccontextmanager
        async def session() -> AsyncIterator[None]:
            try:
                yield
            except LookupError as error:
                events.append(str(error))
                raise

        await exchange.request_stack().enter_async_context(session())
        return Reply(Head(200), stream=chunks())

    client, error = await run(function, respond)

    assert isinstance(error, LookupError)
    assert client.answer().chunks == (b"one",)
    assert events == ["no second"]


async def test_a_client_that_leaves_ends_the_stream_alone() -> None:
    """The generator is cancelled; then background tasks run and dependencies close without an error."""
    events: list[Any] = []
    gone = anyio.Event()

    async def chunks() -> AsyncIterator[bytes]:
        try:
            yield b"one"
            gone.set()
            await anyio.sleep_forever()
        except BaseException as error:
            events.append(type(error).__name__)
            raise

    async def receive() -> dict[str, Any]:
        await gone.wait()
        return {"type": "http.disconnect"}

    def reply(exchange: Exchange) -> Reply:
        exchange.background = BackgroundTasks([BackgroundTask(events.append, "task")])
        return Reply(Head(200), stream=chunks())

    client = Client()
    exchange = HttpExchange(client.scope(), receive, client.send)
    with anyio.fail_after(5):
        error = await answer(Pipeline(within_a_time_out, keeping(events, reply)), exchange)

    assert error is None
    assert [event if isinstance(event, str) else event[0] for event in events] == [
        "open",
        "CancelledError",
        "task",
        "closed",
    ]


async def test_an_error_of_the_route_is_raised_by_call_next() -> None:
    """The error crosses from the route's task to the middleware's."""
    caught = []

    async def function(request: Request, call_next: Any) -> Response:
        try:
            return await call_next(request)  # type: ignore[no-any-return]
        except ValueError as error:
            caught.append(str(error))
            return PlainTextResponse("caught")

    async def respond(exchange: Exchange) -> Reply:
        raise ValueError("inside")

    client, error = await run(function, respond)

    assert (error, client.answer().body, caught) == (None, b"caught", ["inside"])


async def test_without_a_function_outside_nothing_is_spawned() -> None:
    """Only a middleware function makes a second task necessary."""
    task = asyncio.current_task()

    async def respond(exchange: Exchange) -> Reply:
        assert asyncio.current_task() is task
        return Reply(Head(200))

    client = Client()
    await apart(respond)(HttpExchange(client.scope(), client.receiver(), client.send))


@pytest.mark.parametrize("error", [ValueError("broken"), HTTPException(418)], ids=["error", "answer"])
async def test_a_response_that_fails_before_its_head_is_left_where_it_was_opened(error: Exception) -> None:
    """What a Response of its own kind raises while it is sent goes through the exits, then to the function."""
    app, seen = Zonda(), []

    class Failing(Response):
        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            raise error

    async def session() -> AsyncIterator[None]:
        try:
            yield
        except Exception as raised:
            seen.append(raised)
            raise

    @app.get("/")
    async def read(opened: None = Depends(session)) -> Any:
        return Failing()

    @app.middleware("http")
    async def through(request: Request, call_next: Any) -> Any:
        try:
            response = await call_next(request)
        except Exception as raised:
            seen.append(raised)
            raise
        seen.append(response.status_code)
        return response

    with TestClient(app, raise_server_exceptions=False) as client:
        status = client.get("/").status_code

    assert status == (418 if isinstance(error, HTTPException) else 500)
    assert seen == [error, 418 if status == 418 else error]
