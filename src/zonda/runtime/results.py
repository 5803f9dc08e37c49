"""This module turns what an endpoint returned into a reply."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable
from functools import wraps
from typing import Any

from pydantic_core import ValidationError
from starlette.concurrency import iterate_in_threadpool as starlettes_iterate_in_threadpool
from starlette.responses import Response, StreamingResponse

from zonda.background import tasks_of
from zonda.concurrency.threadpool import iterate_in_threadpool
from zonda.exceptions import EndpointContext
from zonda.runtime.errors import response_errors
from zonda.seams import Exchange, Head, Reply
from zonda.utils import is_body_allowed_for_status_code

_send_body = Response.__call__
_send_stream = StreamingResponse.__call__
_write_stream = StreamingResponse.stream_response
"""As Starlette wrote them: a class that still has them is written without being called."""
_steps_in_threads = starlettes_iterate_in_threadpool.__code__


def call_and_validate(
    call: Callable[..., Any], validate: Callable[..., Any], place: EndpointContext
) -> Callable[..., Any]:
    """A plain endpoint together with the validation of its result, for one visit to a worker thread."""

    @wraps(call)
    def call_validated(**arguments: Any) -> Any:
        result = call(**arguments)
        if isinstance(result, Response):
            return result
        try:
            return validate(result, from_attributes=True)
        except ValidationError as error:
            raise response_errors(error, result, place) from error

    return call_validated


def reply_of(response: Any) -> Reply:
    """The reply that a Response describes; one with a way of its own to be sent is called as an application."""
    kind = type(response)
    if kind.__call__ is _send_body:
        return Reply(Head(response.status_code, tuple(response.raw_headers)), bytes(response.body))
    if kind.__call__ is _send_stream and kind.stream_response is _write_stream:
        head = Head(response.status_code, tuple(response.raw_headers))
        return Reply(head, stream=encoded(response.body_iterator, response.charset))
    return Reply(Head(getattr(response, "status_code", 200)), application=response)


def reply_with(exchange: Exchange, response: Any) -> Reply:
    """The reply of an endpoint's Response."""
    tasks = tasks_of(response, exchange.background)
    reply = reply_of(response)
    if reply.application is not None or response.background is None:
        response.background = tasks
    exchange.background = tasks if reply.application is None else None
    return reply


async def encoded(chunks: AsyncIterable[str | bytes | memoryview], charset: str) -> AsyncIterator[bytes]:
    """The chunks as bytes; closes their iterator when it is closed itself."""
    steps = steps_in_threads(chunks)
    source = chunks if steps is None else iterate_in_threadpool(steps)
    try:
        async for chunk in source:
            yield chunk.encode(charset) if isinstance(chunk, str) else bytes(chunk)
    finally:
        await close(source)


def steps_in_threads(chunks: object) -> Iterable[Any] | None:
    """What Starlette's `iterate_in_threadpool` iterates over.

    Ours waits for the running step where its task is cancelled, and then closes a generator in a thread. Starlette
    leaves it to whoever collects it, which after a cancellation may be nobody before the process ends.
    """
    if getattr(chunks, "ag_code", None) is not _steps_in_threads:
        return None
    frame = chunks.ag_frame  # type: ignore[attr-defined]  # an asynchronous generator
    return None if frame is None else frame.f_locals["iterator"]


async def close(iterator: object) -> None:
    """Close what may be an asynchronous generator, or any other iterator."""
    aclose = getattr(iterator, "aclose", None)
    if aclose is not None:
        await aclose()


def reply_from(exchange: Exchange, head: Head, body: bytes = b"", stream: AsyncIterator[bytes] | None = None) -> Reply:
    """A reply with the status and headers of the injected Response merged into the route's head."""
    response = exchange.response
    if response is not None and (response.status_code or response.raw_headers):
        head = Head(response.status_code or head.status, (*head.headers, *response.raw_headers))
    if not is_body_allowed_for_status_code(head.status):
        body = b""
    return Reply(head, body, stream=stream)


def respond_as(
    exchange: Exchange, response_class: type[Response], *content: Any, status: int | None = None, **named: Any
) -> Response:
    """The content in the class that the route names, with what was set on the injected Response.

    What a generator yields is given by name, as FastAPI does: a class that takes no `content` cannot stream.
    """
    injected = exchange.response
    if injected is not None:
        status = injected.status_code or status
    options: dict[str, Any] = {**named, "background": exchange.background}
    if status is not None:
        options["status_code"] = status
    response = response_class(*content, **options)
    if not is_body_allowed_for_status_code(response.status_code):
        response.body = b""
    if injected is not None:
        response.raw_headers.extend(injected.raw_headers)
    return response
