"""This module turns replies into Starlette's Responses for middleware functions, and Responses into replies."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable
from typing import Any

from starlette.background import BackgroundTask
from starlette.middleware.base import _StreamingResponse
from starlette.responses import Response, StreamingResponse

from zonda.runtime.results import encoded
from zonda.seams import Head, Reply

__all__ = ["PassedReply", "ReplyResponse", "full_headers", "reply_of", "with_head"]

RawHeader = tuple[bytes, bytes]

_FRAMING = frozenset({b"content-length", b"transfer-encoding"})


def full_headers(reply: Reply) -> list[RawHeader]:
    """The header fields as an ASGI server would be given them: with `content-length`, if it is known."""
    head = reply.head
    headers = list(head.headers)
    may_have_body = head.status >= 200 and head.status not in (204, 304)
    if reply.stream is None and may_have_body and not any(name.lower() in _FRAMING for name, _ in headers):
        headers.insert(0, (b"content-length", b"%d" % len(reply.body)))
    return headers


class PassedReply(Reply):
    """A reply that went through a middleware function."""

    __slots__ = ()

    in_pieces = True


def with_head(reply: Reply, head: Head) -> Reply:
    """The same content under another head."""
    return reply if head is reply.head else type(reply)(head, reply.body, stream=reply.stream)


class ReplyResponse(_StreamingResponse):
    """A reply as `call_next` gives it: what Starlette's middleware gives, made only as far as it is looked at."""

    def __init__(self, reply: Reply, note_failure: Callable[[Exception], None]) -> None:
        self.reply = reply
        self.note_failure = note_failure
        self.info = None
        self.status_code = reply.head.status
        self.background = None

    @property
    def raw_headers(self) -> list[RawHeader]:
        headers: list[RawHeader] | None = self.__dict__.get("_raw_headers")
        if headers is None:
            headers = self.__dict__["_raw_headers"] = full_headers(self.reply)
        return headers

    @raw_headers.setter
    def raw_headers(self, headers: list[RawHeader]) -> None:
        self.__dict__["_raw_headers"] = headers
        self.__dict__.pop("_headers", None)

    @property
    def body_iterator(self) -> Any:
        iterator = self.__dict__.get("_body_iterator")
        if iterator is None:
            iterator = self.__dict__["_body_iterator"] = self._chunks()
        return iterator

    @body_iterator.setter
    def body_iterator(self, iterator: Any) -> None:
        self.__dict__["_body_iterator"] = iterator

    def to_reply(self) -> Reply:
        """The reply with what the middleware changed."""
        head = self.reply.head
        headers = self.__dict__.get("_raw_headers")
        if headers is not None or self.status_code != head.status:
            head = Head(self.status_code, tuple(headers or head.headers))
        iterator = self.__dict__.get("_body_iterator")
        if iterator is None:
            return PassedReply(head, self.reply.body, stream=self.reply.stream)
        return PassedReply(head, stream=encoded(iterator, self.charset))

    async def _chunks(self) -> AsyncIterator[bytes]:
        """The content for a function that reads it. As in Starlette it then ends where it fails, and fails later."""
        reply = self.reply
        if reply.stream is None:
            if reply.body:
                yield reply.body
            return
        try:
            async for chunk in reply.stream:
                yield chunk
        except Exception as error:  # noqa: BLE001  (whoever drives the exchange reports it)
            self.note_failure(error)
        finally:
            await close(reply.stream)

    @property
    def is_unread(self) -> bool:
        """Nobody has taken the body, which a stream must then be told."""
        return "_body_iterator" not in self.__dict__


class ClosingIterator:
    """An iterator that closes what it reads from, even if it was never begun, when a generator would do nothing."""

    def __init__(self, steps: AsyncGenerator[bytes], source: object) -> None:
        self._steps = steps
        self._source = source

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        return await anext(self._steps)

    async def aclose(self) -> None:
        try:
            await self._steps.aclose()
        finally:
            await close(self._source)


async def close(iterator: object) -> None:
    aclose = getattr(iterator, "aclose", None)
    if aclose is not None:
        await aclose()


_send_body = Response.__call__
_send_stream = StreamingResponse.__call__
_write_stream = StreamingResponse.stream_response


def reply_of(response: Any) -> tuple[Reply, BackgroundTask | None]:
    """What a middleware function returned, and the task that it wants run once that was sent."""
    kind = type(response)
    if kind is ReplyResponse:
        return response.to_reply(), response.background
    call = kind.__call__
    if call is _send_body:
        head = Head(response.status_code, tuple(response.raw_headers))
        return Reply(head, bytes(response.body)), response.background
    if call is _send_stream and kind.stream_response is _write_stream:
        head = Head(response.status_code, tuple(response.raw_headers))
        return Reply(head, stream=encoded(response.body_iterator, response.charset)), response.background
    if not callable(response):
        raise TypeError(f"{kind.__name__!r} object is not callable: a middleware returns a Response")
    return Reply(Head(getattr(response, "status_code", 200)), application=response), None
