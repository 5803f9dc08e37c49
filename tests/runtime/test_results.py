"""Results become replies: Responses as they are, other content under the route's head."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.background import BackgroundTask
from starlette.responses import FileResponse, PlainTextResponse, RedirectResponse, Response, StreamingResponse

from tests.runtime.exchanges import exchange_with
from zonda.background import BackgroundTasks
from zonda.exceptions import EndpointContext, ResponseValidationError
from zonda.runtime.dependencies import injected_response
from zonda.runtime.results import call_and_validate, reply_from, reply_with, respond_as
from zonda.seams import Head

HEAD = Head(200, ((b"content-type", b"application/json"),))


class Shouting(PlainTextResponse):
    async def __call__(self, scope: Any, receive: Any, send: Any) -> None: ...


class Patched(StreamingResponse):
    async def stream_response(self, send: Any) -> None: ...


def test_responses_are_written_directly() -> None:
    """A Response that Starlette would only send is a reply with its status, headers and body."""
    reply = reply_with(exchange_with(), PlainTextResponse("text", 201, {"x-a": "b"}))

    assert (reply.head.status, reply.body, reply.application) == (201, b"text", None)
    assert dict(reply.head.headers) == {
        b"x-a": b"b",
        b"content-length": b"4",
        b"content-type": b"text/plain; charset=utf-8",
    }
    assert reply_with(exchange_with(), RedirectResponse("/a")).head.status == 307
    assert reply_with(exchange_with(), Response(memoryview(b"view"))).body == b"view"


@pytest.mark.parametrize("response", [FileResponse(__file__), Shouting("a"), Patched(iter([]))], ids=type)
def test_responses_with_a_way_of_their_own_are_called(response: Response) -> None:
    """A class that sends in a way of its own is called as the application that it is."""
    exchange = exchange_with()
    exchange.background = tasks = BackgroundTasks()

    reply = reply_with(exchange, response)

    assert reply.application is response
    assert response.background is tasks
    assert exchange.background is None


def test_own_task_of_a_response() -> None:
    """A Response that brings a task runs that one; without it, the injected tasks run."""
    exchange = exchange_with()
    exchange.background = tasks = BackgroundTasks()
    own = BackgroundTask(print)

    reply_with(exchange, Response())
    assert exchange.background is tasks
    reply_with(exchange, Response(background=own))
    assert exchange.background is own  # type: ignore[comparison-overlap]


@pytest.mark.anyio
async def test_streams() -> None:
    """A stream is bytes, whatever it was made of, and closes what it was made of."""
    closed = []

    async def content() -> Any:
        try:
            yield "é"
            yield memoryview(b"b")
        finally:
            closed.append(True)

    reply = reply_with(exchange_with(), StreamingResponse(content()))
    assert reply.stream is not None
    assert [chunk async for chunk in reply.stream] == ["é".encode(), b"b"]

    stream = reply_with(exchange_with(), StreamingResponse(content())).stream
    assert stream is not None
    await anext(stream)
    await stream.aclose()  # type: ignore[attr-defined]
    assert closed == [True, True]


def test_the_injected_response_is_merged() -> None:
    """Status and headers set on the injected Response are the reply's; an untouched one leaves the shared head."""
    exchange = exchange_with()
    injected = injected_response(exchange)
    assert reply_from(exchange, HEAD, b"1").head is HEAD

    injected.status_code = 202
    injected.set_cookie("a", "b")
    reply = reply_from(exchange, HEAD, b"1")
    assert (reply.head.status, reply.body) == (202, b"1")
    assert [name for name, _ in reply.head.headers] == [b"content-type", b"set-cookie"]

    injected.status_code = 204
    assert reply_from(exchange, HEAD, b"1").body == b""


def test_response_classes() -> None:
    """A class that the route names is given the content, the status that was set last, and the injected headers."""
    exchange = exchange_with()
    injected = injected_response(exchange)
    injected.headers["x-a"] = "b"
    assert respond_as(exchange, RedirectResponse, "/a").status_code == 307
    assert respond_as(exchange, PlainTextResponse, "text", status=201).status_code == 201

    injected.status_code = 205
    response = respond_as(exchange, PlainTextResponse, "text", status=201)
    assert (response.status_code, response.body, response.headers["x-a"]) == (205, b"", "b")


def test_call_and_validate() -> None:
    """A plain endpoint is called and its result validated in one go; Responses pass."""
    place = EndpointContext(function="read")

    def validate(value: Any, *, from_attributes: bool) -> Any:
        assert from_attributes
        return value * 2

    assert call_and_validate(lambda value: value, validate, place)(value=2) == 4
    response = Response()
    assert call_and_validate(lambda: response, validate, place)() is response


def test_results_that_do_not_fit() -> None:
    """The error says what was returned and by whom."""
    from pydantic import TypeAdapter

    run = call_and_validate(lambda: "x", TypeAdapter(int).validator.validate_python, EndpointContext(function="read"))

    with pytest.raises(ResponseValidationError) as caught:
        run()
    assert (caught.value.body, caught.value.endpoint_function) == ("x", "read")
