"""Middleware functions around an exchange: body, context, tasks, streams, errors."""

from __future__ import annotations

import contextvars
from collections.abc import AsyncIterator
from typing import Any

import anyio
import pytest
from starlette.background import BackgroundTask, BackgroundTasks
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response

from tests.middleware.forms import Client, run_wrap
from zonda.middleware.gzip import GZipMiddleware
from zonda.middleware.wraps import wrap_of
from zonda.seams import Exchange, Head, Reply
from zonda.transport.exchange import HttpExchange

pytestmark = pytest.mark.anyio


async def answer(function: Any, client: Client, dispatch: Any) -> Any:
    return await run_wrap(Middleware(BaseHTTPMiddleware, dispatch=function), client, dispatch)


async def echo(exchange: Exchange) -> Reply:
    return Reply(Head(200), await exchange.body())


async def hello(exchange: Exchange) -> Reply:
    return Reply(Head(200, ((b"content-type", b"text/plain"),)), b"hello")


async def pass_on(request: Request, call_next: Any) -> Response:
    return await call_next(request)  # type: ignore[no-any-return]


async def test_a_body_that_was_read_is_there_for_the_endpoint() -> None:
    """`await request.body()` in the middleware takes nothing from the endpoint."""
    seen = []

    async def function(request: Request, call_next: Any) -> Response:
        seen.append(await request.body())
        return await call_next(request)

    got = await answer(function, Client(body=(b"ab", b"cd")), echo)

    assert (seen, got.body) == ([b"abcd"], b"abcd")


async def test_a_body_that_was_replaced_is_what_the_endpoint_reads() -> None:
    """Recipes set `_body` or `_receive` of the request; the endpoint reads what they put there."""

    async def set_body(request: Request, call_next: Any) -> Response:
        request._body = b"set"
        return await call_next(request)

    async def set_receive(request: Request, call_next: Any) -> Response:
        async def receive() -> Any:
            return {"type": "http.request", "body": b"received", "more_body": False}

        request._receive = receive
        return await call_next(request)

    assert (await answer(set_body, Client(body=(b"sent",)), echo)).body == b"set"
    assert (await answer(set_receive, Client(body=(b"sent",)), echo)).body == b"received"


async def test_a_stream_that_was_consumed_leaves_an_empty_body() -> None:
    """`request.stream()` read to its end leaves nothing, and the endpoint does not wait for more."""

    async def function(request: Request, call_next: Any) -> Response:
        async for _ in request.stream():
            pass
        return await call_next(request)

    with anyio.fail_after(5):
        assert (await answer(function, Client(body=(b"ab", b"cd")), echo)).body == b""


async def test_a_body_that_was_not_read_is_read_from_the_client() -> None:
    """Without a look at the body, nothing stands between the endpoint and the wire."""

    async def function(request: Request, call_next: Any) -> Response:
        return await call_next(request)

    assert (await answer(function, Client(body=(b"ab", b"cd")), echo)).body == b"abcd"


async def test_the_path_may_be_rewritten() -> None:
    """What a function writes into the scope is found by the dispatch inside."""

    async def function(request: Request, call_next: Any) -> Response:
        request.scope["path"] = "/new"
        request.scope["method"] = "PUT"
        request.scope["headers"] = [*request.scope["headers"], (b"x-added", b"1")]
        return await call_next(request)

    async def describe(exchange: Exchange) -> Reply:
        return Reply(Head(200), f"{exchange.method} {exchange.path} {exchange.header_map['x-added']}".encode())

    assert (await answer(function, Client(), describe)).body == b"PUT /new 1"


async def test_contextvars_are_seen_on_both_sides() -> None:
    """A variable set before `call_next` is seen inside, and one set inside is seen after it."""
    outer: contextvars.ContextVar[str] = contextvars.ContextVar("outer", default="unset")
    inner: contextvars.ContextVar[str] = contextvars.ContextVar("inner", default="unset")
    after = []

    async def function(request: Request, call_next: Any) -> Response:
        outer.set("set")
        response = await call_next(request)
        after.append(inner.get())
        return response

    async def dispatch(exchange: Exchange) -> Reply:
        inner.set("set")
        return Reply(Head(200), outer.get().encode())

    assert (await answer(function, Client(), dispatch)).body == b"set"
    assert after == ["set"]


async def test_background_tasks_run_outermost_first() -> None:
    """The function's response is finished before the endpoint's: its task runs first, and neither is lost."""
    order: list[str] = []

    async def function(request: Request, call_next: Any) -> Response:
        await call_next(request)
        return PlainTextResponse("other", background=BackgroundTask(order.append, "function"))

    async def dispatch(exchange: Exchange) -> Reply:
        exchange.background = BackgroundTasks([BackgroundTask(order.append, "endpoint")])
        return Reply(Head(200), b"")

    assert (await answer(function, Client(), dispatch)).body == b"other"
    assert order == ["function", "endpoint"]


async def test_a_task_on_the_given_response_runs() -> None:
    """`response.background` may be set on what `call_next` gave."""
    order: list[str] = []

    async def function(request: Request, call_next: Any) -> Response:
        response = await call_next(request)
        response.background = BackgroundTask(order.append, "function")
        return response  # type: ignore[no-any-return]

    await answer(function, Client(), hello)

    assert order == ["function"]


async def test_streams_are_not_gathered() -> None:
    """Each chunk leaves before the next is asked for."""
    client = Client()

    async def function(request: Request, call_next: Any) -> Response:
        return await call_next(request)

    async def chunks() -> AsyncIterator[bytes]:
        for number in range(3):
            assert len(client.messages) == number + 1
            yield b"%d" % number

    async def dispatch(exchange: Exchange) -> Reply:
        return Reply(Head(200), stream=chunks())

    assert (await answer(function, client, dispatch)).chunks == (b"0", b"1", b"2")


async def test_a_replaced_stream_is_closed() -> None:
    """A stream whose response gives way to another is told so, and cleans up."""
    closed = []

    class Chunks:
        def __aiter__(self) -> AsyncIterator[bytes]:
            return self  # type: ignore[return-value]

        async def __anext__(self) -> bytes:
            return b"chunk"

        async def aclose(self) -> None:
            closed.append(True)

    async def function(request: Request, call_next: Any) -> Response:
        await call_next(request)
        return PlainTextResponse("instead")

    async def dispatch(exchange: Exchange) -> Reply:
        return Reply(Head(200), stream=Chunks())  # type: ignore[arg-type]

    assert (await answer(function, Client(), dispatch)).body == b"instead"
    assert closed == [True]


async def test_an_error_inside_can_be_caught() -> None:
    """What no handler took is raised by `call_next`, unchanged."""

    async def function(request: Request, call_next: Any) -> Response:
        try:
            return await call_next(request)
        except ValueError as error:
            return PlainTextResponse(str(error), status_code=418)

    async def dispatch(exchange: Exchange) -> Reply:
        raise ValueError("short and stout")

    got = await answer(function, Client(), dispatch)

    assert (got.status, got.body) == (418, b"short and stout")


async def test_a_response_with_a_way_of_its_own_is_sent_by_it(tmp_path: Any) -> None:
    """A function may return a FileResponse or any other response that sends itself."""
    path = tmp_path / "a.txt"
    path.write_text("from a file")

    async def function(request: Request, call_next: Any) -> Response:
        return FileResponse(path)

    assert (await answer(function, Client(), hello)).body == b"from a file"


async def test_an_application_inside_has_a_head_to_change() -> None:
    """A reply that only an application can give, such as a mount's, is a response like any other to the function."""

    async def function(request: Request, call_next: Any) -> Response:
        response = await call_next(request)
        response.headers["x-type"] = response.headers["content-type"]
        return response  # type: ignore[no-any-return]

    async def dispatch(exchange: Exchange) -> Reply:
        return Reply(Head(200), application=PlainTextResponse("mounted"))

    got = await answer(function, Client(), dispatch)

    assert got.body == b"mounted"
    assert dict(got.headers)[b"x-type"] == b"text/plain; charset=utf-8"


async def test_a_stream_that_fails_while_it_is_read_ends_there_and_fails_later() -> None:
    """As in Starlette: the function goes on with what it has read, and the error is reported after its response."""

    async def function(request: Request, call_next: Any) -> Response:
        response = await call_next(request)
        return PlainTextResponse(b"".join([chunk async for chunk in response.body_iterator]).upper())

    async def chunks() -> AsyncIterator[bytes]:
        yield b"one"
        raise LookupError("no second")

    async def dispatch(exchange: Exchange) -> Reply:
        return Reply(Head(200), stream=chunks())

    client = Client()
    with pytest.raises(LookupError, match="no second"):
        await answer(function, client, dispatch)
    assert client.answer().body == b"ONE"


async def test_gzip_outside_a_function_compresses_even_short_replies() -> None:
    """Starlette's functions send in pieces, so gzip cannot tell how short the response is; neither does ours."""
    wraps = [wrap_of(Middleware(GZipMiddleware)), wrap_of(Middleware(BaseHTTPMiddleware, dispatch=pass_on))]
    exchange = HttpExchange(Client(headers=((b"accept-encoding", b"gzip"),)).scope(), Client().receiver(), None)

    async def inner(exchange: Exchange) -> Reply:
        return await wraps[1](exchange, hello)  # type: ignore[misc]

    reply = await wraps[0](exchange, inner)  # type: ignore[misc]

    assert (b"content-encoding", b"gzip") in reply.head.headers


async def test_call_next_answers_once() -> None:
    """A second call would run the endpoint again over the same connection, which Starlette refuses, too."""

    async def function(request: Request, call_next: Any) -> Response:
        await call_next(request)
        return await call_next(request)  # type: ignore[no-any-return]

    with pytest.raises(RuntimeError, match="call_next was called twice"):
        await answer(function, Client(), hello)


async def test_nothing_is_no_response() -> None:
    """A function that forgets to return says so."""

    async def function(request: Request, call_next: Any) -> None:
        await call_next(request)

    with pytest.raises(TypeError, match="'NoneType' object is not callable"):
        await answer(function, Client(), hello)
