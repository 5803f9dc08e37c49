"""What an exchange promises to those who answer it, over ASGI and over the wire."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Awaitable, Callable
from typing import Any

import anyio
import anyio.lowlevel
import pytest
from starlette.background import BackgroundTasks
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.testclient import TestClient

from zonda.exceptions import FastAPIError
from zonda.seams import Head, Reply
from zonda.transport.asgi import Entry
from zonda.transport.exchange import HttpExchange, WebSocketExchange

from .pipelines import NativeApp, Pipeline, echo, text
from .wires import Wire, converse, statuses

SCOPE = {
    "type": "http",
    "method": "GET",
    "path": "/a",
    "query_string": b"x=1&x=2",
    "headers": [(b"host", b"a"), (b"cookie", b"a=1; b=2"), (b"cookie", b"c=3")],
}


async def no_messages(*message: Any) -> Any:
    raise AssertionError("nothing is received or sent here")


def exchange_of(**changes: Any) -> HttpExchange:
    return HttpExchange({**SCOPE, **changes}, no_messages, no_messages)


def post(body: bytes, *fields: bytes) -> bytes:
    return b"\r\n".join((b"POST / HTTP/1.1", b"Host: a", b"Content-Length: %d" % len(body), *fields, b"", body))


def ask_native(respond: Any, body: bytes) -> int:
    async def run() -> bytes:
        wire = Wire(NativeApp(respond))
        wire.send(post(body))
        if wire.state.tasks:
            await asyncio.wait(wire.state.tasks, timeout=10)
        return wire.take()

    return statuses(asyncio.run(run()))[0]


def ask_asgi(respond: Any, body: bytes) -> int:
    client = TestClient(Entry(Pipeline(respond)), raise_server_exceptions=False)
    return int(client.post("/", content=body).status_code)


def ask_trio(respond: Any, body: bytes) -> int:
    client = TestClient(Entry(Pipeline(respond)), raise_server_exceptions=False, backend="trio")
    return int(client.post("/", content=body).status_code)


EACH_WAY = pytest.mark.parametrize("ask", [ask_native, ask_asgi, ask_trio])
Ask = Callable[[Callable[[Any], Awaitable[Reply]], bytes], int]


def test_values_are_read_from_the_scope() -> None:
    """Query, headers and cookies are Starlette's values, made once."""
    exchange = exchange_of()

    assert exchange.query_params.getlist("x") == ["1", "2"]
    assert exchange.header_map["host"] == "a"
    assert exchange.cookies == {"a": "1", "b": "2", "c": "3"}
    assert exchange.query_params is exchange.query_params
    assert exchange.request is exchange.request
    assert exchange.request.scope is exchange.scope


def test_changes_of_a_middleware_are_taken_over() -> None:
    """`reread` takes over what was changed in the scope: method, path, query and headers."""
    exchange = exchange_of()
    assert exchange.query_params["x"] == "2"
    exchange.scope.update(path="/b", method="POST", query_string=b"y=1", headers=[(b"host", b"b")])

    exchange.reread()

    assert (exchange.path, exchange.method) == ("/b", "POST")
    assert exchange.query_params["y"] == "1"
    assert exchange.header_map["host"] == "b"


@EACH_WAY
def test_the_end_runs_in_order(ask: Ask) -> None:
    """After the reply: background tasks in their order, then the request scope, then the files."""
    seen: list[str] = []

    async def respond(exchange: Any) -> Reply:
        async def leave(kind: Any, error: Any, trace: Any) -> None:
            seen.append(f"request scope left with {error}")

        class Form:
            async def close(self) -> None:
                seen.append("files closed")

        exchange.request_stack().push_async_exit(leave)
        exchange.form = Form()
        exchange.background = BackgroundTasks()
        exchange.background.add_task(seen.append, "first task")
        exchange.background.add_task(seen.append, "second task")
        return text("")

    assert ask(respond, b"") == 200
    assert seen == ["first task", "second task", "request scope left with None", "files closed"]


@EACH_WAY
def test_exits_receive_the_error_of_a_background_task(ask: Ask) -> None:
    """A background task that fails is seen by the request scope; a scope that swallows it is an error itself."""
    received: list[BaseException] = []

    async def respond(exchange: Any) -> Reply:
        async def leave(kind: Any, error: Any, trace: Any) -> bool:
            received.append(error)
            return True

        async def fail() -> None:
            raise ValueError("in the background")

        exchange.request_stack().push_async_exit(leave)
        exchange.background = BackgroundTasks()
        exchange.background.add_task(fail)
        return text("")

    assert ask(respond, b"") == 200
    assert [str(error) for error in received] == ["in the background"]


def test_an_error_after_the_reply_is_reported() -> None:
    """What finish raises takes the late error steps and is raised to the server."""

    async def respond(exchange: Any) -> Reply:
        async def leave(kind: Any, error: Any, trace: Any) -> bool:
            return True

        async def fail() -> None:
            raise ValueError

        exchange.request_stack().push_async_exit(leave)
        exchange.background = fail
        return text("")

    pipeline = Pipeline(respond)
    with pytest.raises(FastAPIError, match="Response not awaited"):
        TestClient(Entry(pipeline)).get("/")
    assert [type(error) for error in pipeline.late_errors] == [FastAPIError]


@EACH_WAY
def test_exits_receive_the_error_of_a_stream(ask: Ask) -> None:
    """A stream that fails is seen by the request scope, and background tasks do not run."""
    seen: list[Any] = []

    async def respond(exchange: Any) -> Reply:
        async def leave(kind: Any, error: Any, trace: Any) -> None:
            seen.append(str(error))

        async def parts() -> Any:
            yield b"begun"
            raise ValueError("in the stream")

        exchange.request_stack().push_async_exit(leave)
        exchange.background = BackgroundTasks()
        exchange.background.add_task(seen.append, "task")
        return Reply(Head(200), stream=parts())

    assert ask(respond, b"") == 200
    assert seen == ["in the stream"]


@EACH_WAY
def test_an_error_closes_what_is_open_before_it_is_answered(ask: Ask) -> None:
    """An error that leaves no reply closes the scopes with it, drops the tasks, and is then answered."""
    seen: list[Any] = []

    async def respond(exchange: Any) -> Reply:
        async def leave(kind: Any, error: Any, trace: Any) -> None:
            seen.append(str(error))

        exchange.request_stack().push_async_exit(leave)
        exchange.background = BackgroundTasks()
        exchange.background.add_task(seen.append, "task")
        raise ValueError("no reply")

    assert ask(respond, b"") == 500
    assert seen == ["no reply"]


def test_exits_are_shielded_from_scopes_outside() -> None:
    """A cancelled scope around an exchange does not cancel the exits of its dependencies."""
    seen: list[str] = []

    async def run() -> None:
        exchange = exchange_of()

        async def leave(kind: Any, error: Any, trace: Any) -> None:
            await anyio.lowlevel.checkpoint()
            seen.append("left")

        with anyio.CancelScope() as outer:
            exchange.request_stack().push_async_exit(leave)
            exchange.function_stack().push_async_exit(leave)
            outer.cancel()
            await exchange.finish(None)

    asyncio.run(run())
    assert seen == ["left", "left"]


def test_scopes_that_a_dependency_opens_are_left_in_order() -> None:
    """A dependency may hold a cancel scope of its own over the request."""

    async def run() -> None:
        exchange = exchange_of()
        await exchange.request_stack().enter_async_context(anyio.create_task_group())
        await exchange.finish(None)

    asyncio.run(run())


@EACH_WAY
@pytest.mark.parametrize("size", [10, 100_000])
def test_a_body_beyond_the_limit_is_refused(ask: Ask, size: int) -> None:
    """The limit of a route holds for `body()` and for `receive()`, whatever the length says."""
    seen: list[int] = []

    async def respond(exchange: Any) -> Reply:
        exchange.max_body_size = 9
        for read in (exchange.body, exchange.receive):
            with pytest.raises(HTTPException) as caught:
                await read()
            seen.append(caught.value.status_code)
        return text("")

    ask(respond, b"x" * size)
    assert seen == [413, 413]


def test_a_chunked_body_beyond_the_limit_is_refused_before_its_end() -> None:
    """A body without a length is refused when it has grown past the limit, not when it has ended."""

    async def respond(exchange: Any) -> Reply:
        exchange.max_body_size = 4
        try:
            await exchange.body()
        except HTTPException as error:
            return text("", error.status_code)
        return text("")

    head = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    answer, _ = converse(NativeApp(respond), head, b"3\r\nabc\r\n", b"3\r\nabc\r\n")

    assert statuses(answer) == [413]


@EACH_WAY
def test_the_body_is_shared_with_the_request(ask: Ask) -> None:
    """A body that the exchange has read is there for the Request, and the other way round."""
    seen: list[bytes] = []

    async def first_exchange(exchange: Any) -> Reply:
        seen.append(await exchange.body())
        seen.append(await exchange.request.body())
        return text("")

    async def first_request(exchange: Any) -> Reply:
        seen.append(await exchange.request.body())
        seen.append(await exchange.body())
        return text("")

    ask(first_exchange, b"one")
    ask(first_request, b"two")
    assert seen == [b"one", b"one", b"two", b"two"]


@EACH_WAY
def test_a_middleware_may_stand_between_the_body_and_its_reader(ask: Ask) -> None:
    """`read_from` lets a middleware read first and hand on what it likes."""
    seen: list[bytes] = []

    async def respond(exchange: Any) -> Reply:
        outer = Request(exchange.scope, exchange.reader, exchange.send)
        body = await outer.body()

        async def again() -> Any:
            return {"type": "http.request", "body": body.upper(), "more_body": False}

        exchange.read_from(again)
        seen.append(await exchange.body())
        return text("")

    ask(respond, b"abc")
    assert seen == [b"ABC"]


@EACH_WAY
def test_an_application_is_materialised(ask: Ask) -> None:
    """What only ASGI can send becomes a head and a body, or a stream that is not gathered."""
    seen: list[Any] = []

    async def plain(exchange: Any) -> Reply:
        reply = await exchange.materialise(Reply(Head(200), application=PlainTextResponse("hi", 201)))
        seen.append((reply.head.status, reply.body, reply.stream))
        return Reply(Head(202, reply.head.headers), reply.body)

    async def streaming(exchange: Any) -> Reply:
        async def parts() -> Any:
            yield b"one"
            await anyio.sleep(0.01)
            seen.append("two comes")
            yield b"two"

        reply = await exchange.materialise(Reply(Head(200), application=StreamingResponse(parts())))
        seen.append(await reply.stream.__anext__())
        return reply

    assert ask(plain, b"") == 202
    assert ask(streaming, b"") == 200
    assert seen == [(201, b"hi", None), b"one", "two comes"]


@EACH_WAY
def test_the_background_of_a_materialised_response_runs_after_the_reply(ask: Ask) -> None:
    """The application of a reply that was replaced still runs to its end, after the reply that was sent."""
    seen: list[str] = []

    async def respond(exchange: Any) -> Reply:
        background = BackgroundTasks()
        background.add_task(seen.append, "task")
        inner = PlainTextResponse("", background=background)
        await exchange.materialise(Reply(Head(200), application=inner))
        seen.append("replaced")
        return text("", 299)

    assert ask(respond, b"") == 299
    assert seen == ["replaced", "task"]


@EACH_WAY
def test_an_application_that_fails_takes_the_application_error_step(ask: Ask) -> None:
    """An application that raises before it answers is handled like a responder that raises."""

    async def application(scope: Any, receive: Any, send: Any) -> None:
        raise KeyError

    async def respond(exchange: Any) -> Reply:
        return Reply(Head(200), application=application)

    assert ask(respond, b"") == 418


@EACH_WAY
def test_an_error_of_a_materialised_application_is_raised_where_it_is_read(ask: Ask) -> None:
    """Middleware that waits for the reply sees the error of the application behind it."""
    seen: list[str] = []

    async def application(scope: Any, receive: Any, send: Any) -> None:
        raise ValueError("inside")

    async def respond(exchange: Any) -> Reply:
        try:
            return await exchange.materialise(Reply(Head(200), application=application))
        except ValueError as error:
            seen.append(str(error))
            return text("", 299)

    assert ask(respond, b"") == 299
    assert seen == ["inside"]


def test_a_stream_that_is_dropped_stops_its_application() -> None:
    """A middleware that closes the stream of an application ends the application."""
    seen: list[str] = []

    async def respond(exchange: Any) -> Reply:
        async def parts() -> Any:
            try:
                while True:
                    yield b"x"
                    await asyncio.sleep(0)
            finally:
                seen.append("stopped")

        reply = await exchange.materialise(Reply(Head(200), application=StreamingResponse(parts())))
        await reply.stream.__anext__()
        await reply.stream.aclose()
        return text("")

    assert ask_native(respond, b"") == 200
    assert seen == ["stopped"]


@EACH_WAY
def test_an_application_whose_reply_was_replaced_is_cancelled(ask: Ask) -> None:
    """An endless response that a middleware replaced ends with the exchange."""
    seen: list[str] = []

    async def respond(exchange: Any) -> Reply:
        async def application(scope: Any, receive: Any, send: Any) -> None:
            await send({"type": "http.response.start", "status": 200, "headers": []})
            try:
                while True:
                    await send({"type": "http.response.body", "body": b"x", "more_body": True})
            finally:
                seen.append("ended")

        await exchange.materialise(Reply(Head(200), application=application))
        return text("", 299)

    assert ask(respond, b"") == 299
    assert seen == ["ended"]


def test_context_variables_of_an_application_are_seen_outside() -> None:
    """What an application sets in its own task is seen by the middleware around it."""
    user: contextvars.ContextVar[str] = contextvars.ContextVar("user", default="nobody")

    async def application(scope: Any, receive: Any, send: Any) -> None:
        user.set("somebody")
        await PlainTextResponse("")(scope, receive, send)

    async def respond(exchange: Any) -> Reply:
        await exchange.materialise(Reply(Head(200), application=application))
        return text(user.get())

    answer, _ = converse(NativeApp(respond), post(b""))

    assert answer.endswith(b"somebody")


def test_a_finisher_finishes_in_its_place() -> None:
    """Where another task opened things, `finish` lets that task close them."""
    seen: list[Any] = []

    async def respond(exchange: Any) -> Reply:
        async def finisher(error: BaseException | None) -> None:
            seen.append(error)
            await exchange.finish_here(error)
            seen.append("closed")

        exchange.finisher = finisher
        return text("")

    assert ask_native(respond, b"") == 200
    assert seen == [None, "closed"]


class Found:
    """A route with a parameter."""

    has_values = True

    def publish(self, scope: Any) -> None:
        scope["route"] = self


def test_the_native_scope_is_made_once_and_learns_what_was_found() -> None:
    """The scope of a native exchange is one dict, and knows the route and its values when they are published."""

    async def respond(exchange: Any) -> Reply:
        assert exchange.made_scope is None
        scope = exchange.scope
        assert "path_params" not in scope
        exchange.path_params, exchange.found = {"id": 5}, Found()
        exchange.publish()
        assert exchange.scope is scope
        assert scope["route"] is exchange.found
        return text(repr((scope["path_params"], scope["path"])))

    answer, _ = converse(NativeApp(respond), b"GET /x%20y HTTP/1.1\r\nHost: a\r\n\r\n")

    assert answer.endswith(b"({'id': 5}, '/x y')")


def test_a_websocket_closes_its_scopes() -> None:
    """A websocket's function scope is left before its request scope, with what was raised."""
    seen: list[str] = []

    async def run() -> None:
        exchange = WebSocketExchange({**SCOPE, "type": "websocket"}, no_messages, no_messages)

        def leaver(name: str) -> Any:
            async def leave(kind: Any, error: Any, trace: Any) -> None:
                seen.append(f"{name}: {error}")

            return leave

        exchange.request_stack().push_async_exit(leaver("request"))
        exchange.function_stack().push_async_exit(leaver("function"))
        assert exchange.websocket.scope is exchange.scope
        with pytest.raises(ValueError, match="wrong"):
            await exchange.finish(ValueError("wrong"))

    asyncio.run(run())
    assert seen == ["function: wrong", "request: wrong"]


def test_a_stream_ends_when_an_asgi_client_leaves() -> None:
    """Behind any ASGI server `http.disconnect` cancels the stream, and nothing else."""
    seen: list[str] = []

    async def run() -> None:
        left = asyncio.Event()

        async def receive() -> Any:
            await left.wait()
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            if message.get("body"):
                left.set()

        async def respond(exchange: Any) -> Reply:
            async def parts() -> Any:
                try:
                    yield b"x"
                    await asyncio.Event().wait()
                finally:
                    seen.append("closed")

            exchange.background = BackgroundTasks()
            exchange.background.add_task(seen.append, "task")
            return Reply(Head(200), stream=parts())

        await Entry(Pipeline(respond))(SCOPE.copy(), receive, send)

    asyncio.run(run())
    assert seen == ["closed", "task"]


def test_the_next_request_does_not_wait_for_background_tasks() -> None:
    """A connection goes on to its next request while the tasks of the last one run."""

    async def run() -> list[int]:
        gate = asyncio.Event()

        async def respond(exchange: Any) -> Reply:
            exchange.background = gate.wait
            return await echo(exchange)

        wire = Wire(NativeApp(respond))
        answer = await wire.talk(post(b"1"), post(b"2"))
        gate.set()
        await wire.settle()
        assert not wire.state.tasks
        return statuses(answer)

    assert asyncio.run(run()) == [200, 200]
