"""Items of a generator endpoint are sent one by one, with pings in long silences."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import anyio
import pytest
from pydantic import BaseModel, TypeAdapter

from zonda import sse
from zonda.exceptions import EndpointContext, ResponseValidationError
from zonda.runtime.encoding import encode_item
from zonda.runtime.streams import encode_event, item_encoder, json_lines, open_events
from zonda.sse import KEEPALIVE_COMMENT, ServerSentEvent

pytestmark = pytest.mark.anyio


class Item(BaseModel):
    name: str


async def items(*values: Any, log: list[str] | None = None) -> AsyncIterator[Any]:
    try:
        for value in values:
            if isinstance(value, Exception):
                raise value
            yield value
    finally:
        if log is not None:
            log.append("closed")


async def collect(stream: AsyncIterator[bytes]) -> list[bytes]:
    return [chunk async for chunk in stream]


async def test_json_lines() -> None:
    """Each item is a line."""
    assert await collect(json_lines(items({"a": 1}, None), encode_item)) == [b'{"a": 1}\n', b"null\n"]


async def test_json_lines_close_their_generator() -> None:
    """A stream that is left early closes the user's generator at once."""
    log: list[str] = []
    stream = json_lines(items(1, 2, log=log), encode_item)

    await anext(stream)
    await stream.aclose()  # type: ignore[attr-defined]

    assert log == ["closed"]


async def test_typed_items() -> None:
    """Items of a declared type are validated by it; one that does not fit is an error of the application."""
    adapter = TypeAdapter(Item)
    encode = item_encoder(
        adapter.validator.validate_python, adapter.serializer.to_json, EndpointContext(function="stream")
    )

    assert encode({"name": "a", "more": 1}) == b'{"name":"a"}'
    with pytest.raises(ResponseValidationError) as caught:
        encode({"name": 1})
    assert caught.value.body == {"name": 1}
    assert caught.value.errors()[0]["loc"] == ("response", "name")
    assert caught.value.endpoint_function == "stream"


@pytest.mark.parametrize(
    ("item", "event"),
    [
        ({"a": 1}, b'data: {"a": 1}\n\n'),
        (ServerSentEvent(data={"a": 1}, event="e", id="1"), b'event: e\ndata: {"a": 1}\nid: 1\n\n'),
        (ServerSentEvent(data=Item(name="n")), b'data: {"name":"n"}\n\n'),
        (ServerSentEvent(raw_data="a\nb"), b"data: a\ndata: b\n\n"),
        (ServerSentEvent(comment="c", retry=3), b": c\nretry: 3\n\n"),
    ],
)
async def test_events(item: Any, event: bytes) -> None:
    """A ServerSentEvent says how it looks; anything else is its data."""
    assert encode_event(item, encode_item) == event


async def test_silence_is_broken_by_pings(monkeypatch: pytest.MonkeyPatch) -> None:
    """While the generator takes its time a comment is sent after each interval."""
    monkeypatch.setattr(sse, "_PING_INTERVAL", 0.01)
    pinged = anyio.Event()

    async def slow() -> AsyncIterator[int]:
        await pinged.wait()
        yield 1

    async with AsyncExitStack() as stack:
        events = await open_events(stack, slow(), encode_item)
        assert await anext(events) == KEEPALIVE_COMMENT
        pinged.set()
        assert (await collect(events))[-1] == b"data: 1\n\n"


async def test_errors_reach_the_reader() -> None:
    """What the generator raises is raised where its events are read, as it is."""
    async with AsyncExitStack() as stack:
        events = await open_events(stack, items(1, ValueError("broken")), encode_item)

        assert await anext(events) == b"data: 1\n\n"
        with pytest.raises(ValueError, match="broken"):
            await anext(events)


async def test_the_generator_is_left_with_the_exchange() -> None:
    """A client that went away ends the generator when the request scope is closed, even in the middle of a wait."""
    log: list[str] = []

    async def endless() -> AsyncIterator[int]:
        try:
            yield 1
            await anyio.sleep_forever()
        finally:
            log.append("closed")

    async with AsyncExitStack() as stack:
        events = await open_events(stack, endless(), encode_item)
        assert await anext(events) == b"data: 1\n\n"
        await events.aclose()  # type: ignore[attr-defined]
        assert log == []
    assert log == ["closed"]
