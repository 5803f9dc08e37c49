"""This module makes the response of an endpoint that yields."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing
from enum import Enum
from functools import partial
from typing import Any

from anyio.lowlevel import checkpoint
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from zonda.analysis.calls import is_async_gen_callable
from zonda.analysis.dependant import Dependant
from zonda.analysis.fields import ModelField
from zonda.concurrency import iterate_in_threadpool
from zonda.exceptions import EndpointContext
from zonda.interpreter.dependencies import SolvedDependency
from zonda.interpreter.results import ResponseOptions, response_arguments
from zonda.interpreter.sessions import stack_of
from zonda.interpreter.stacks import REQUEST_KEY
from zonda.runtime.encoding import encode_item
from zonda.runtime.streams import Encode, item_encoder, json_lines, open_events


class StreamKind(Enum):
    """What becomes of the items."""

    JSON_LINES = "json lines"
    SERVER_SENT_EVENTS = "server-sent events"
    RAW = "raw"
    """The generator itself is the content of the response class."""


async def stream(
    kind: StreamKind,
    solved: SolvedDependency,
    options: ResponseOptions,
    dependant: Dependant,
    item_field: ModelField | None,
    request: Request,
    endpoint_ctx: EndpointContext,
) -> Response:
    """The response that sends what the endpoint yields; the generator runs while it is being sent."""
    call = dependant.call
    assert call is not None, "dependant.call must be a function"
    items = call(**solved.values)
    arguments = response_arguments(solved, options.status_code)
    if kind is StreamKind.RAW:
        content = _with_checkpoints(items) if is_async_gen_callable(call) else items
        response = options.response_class(content, **arguments)
    else:
        items = items if is_async_gen_callable(call) else iterate_in_threadpool(items)
        response = await _encoded(kind, items, _encoder(item_field, options, endpoint_ctx), request, arguments)
    response.headers.raw.extend(solved.response.headers.raw)
    return response


async def _encoded(
    kind: StreamKind, items: Any, encode: Encode, request: Request, arguments: dict[str, Any]
) -> Response:
    if kind is StreamKind.JSON_LINES:
        lines = _with_checkpoints(json_lines(items, encode))
        return StreamingResponse(lines, media_type="application/jsonl", **arguments)
    events = await open_events(stack_of(request.scope, REQUEST_KEY), items, encode)
    headers = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
    response = StreamingResponse(_with_checkpoints(events), media_type="text/event-stream", **arguments)
    response.headers.update(headers)
    return response


def _encoder(field: ModelField | None, options: ResponseOptions, endpoint_ctx: EndpointContext) -> Encode:
    if field is None:
        return encode_item
    return item_encoder(field.validator, partial(field.serialize_json, **options.filters), endpoint_ctx)


async def _with_checkpoints(chunks: AsyncIterator[Any]) -> AsyncIterator[Any]:
    """Give way after each chunk, so that a client that left can end the stream."""
    async with aclosing(chunks):  # type: ignore[type-var]  # generators all
        async for chunk in chunks:
            yield chunk
            await checkpoint()
