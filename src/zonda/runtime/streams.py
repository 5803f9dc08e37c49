"""This module sends what a generator endpoint yields: JSON Lines and server-sent events, item by item."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Callable
from contextlib import AsyncExitStack, aclosing
from typing import Any

import anyio
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream
from pydantic import BaseModel
from pydantic_core import ValidationError

from zonda import sse
from zonda.exceptions import EndpointContext
from zonda.runtime.encoding import encode_item
from zonda.runtime.errors import response_errors

Encode = Callable[[Any], bytes]


def item_encoder(validate: Callable[..., Any], dump: Callable[..., bytes], place: EndpointContext) -> Encode:
    """What encodes the items of a stream whose item type is declared; 500 for one that does not fit."""

    def encode(item: Any) -> bytes:
        try:
            value = validate(item, from_attributes=True)
        except ValidationError as error:
            raise response_errors(error, item, place) from error
        return dump(value)

    return encode


async def json_lines(items: AsyncIterable[Any], encode: Encode) -> AsyncIterator[bytes]:
    """One JSON document on each line."""
    async with aclosing(items):  # type: ignore[type-var]  # generators all
        async for item in items:
            yield encode(item) + b"\n"


async def open_events(stack: AsyncExitStack, items: AsyncIterable[Any], encode: Encode) -> AsyncIterator[bytes]:
    """The events of a stream; a task of its own takes the items, so that it can be told when they are late.

    The task is left when `stack` is closed, after the reply was sent or the client has gone.
    """
    sender, receiver = anyio.create_memory_object_stream[bytes | Exception](max_buffer_size=1)
    stack.callback(receiver.close)  # also where nobody begins to read
    group = await stack.enter_async_context(anyio.create_task_group())
    stack.callback(group.cancel_scope.cancel)
    group.start_soon(_produce, items, encode, sender)
    return _with_pings(receiver)


async def _produce(
    items: AsyncIterable[Any], encode: Encode, sender: MemoryObjectSendStream[bytes | Exception]
) -> None:
    async with sender:
        try:
            async with aclosing(items):  # type: ignore[type-var]  # generators all
                async for item in items:
                    await sender.send(encode_event(item, encode))
        except anyio.BrokenResourceError:
            return  # nobody reads any more
        except Exception as error:  # noqa: BLE001  (raised where the events are read)
            await sender.send(error)


async def _with_pings(receiver: MemoryObjectReceiveStream[bytes | Exception]) -> AsyncIterator[bytes]:
    interval = sse._PING_INTERVAL
    async with receiver:
        while True:
            event: bytes | Exception = sse.KEEPALIVE_COMMENT
            try:
                with anyio.move_on_after(interval):
                    event = await receiver.receive()
            except anyio.EndOfStream:
                return
            if isinstance(event, Exception):
                raise event
            yield event


def encode_event(item: Any, encode: Encode) -> bytes:
    """An item as an event: a ServerSentEvent as it says, anything else as the JSON of its data."""
    if not isinstance(item, sse.ServerSentEvent):
        return sse.format_sse_event(data_str=encode(item).decode())
    if item.raw_data is not None:
        data: str | None = item.raw_data
    elif isinstance(item.data, BaseModel):
        data = item.data.model_dump_json()
    else:
        data = None if item.data is None else encode_item(item.data).decode()
    return sse.format_sse_event(data_str=data, event=item.event, id=item.id, retry=item.retry, comment=item.comment)
