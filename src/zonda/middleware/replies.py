"""This module turns replies into Starlette's Responses for middleware functions, and Responses into replies."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable
from typing import Any

from starlette.background import BackgroundTask
from starlette.datastructures import MutableHeaders
from starlette.middleware.base import _StreamingResponse

from zonda.runtime.results import close, encoded, reply_of
from zonda.seams import Head, RawHeaders, Reply, WholeReply

__all__ = ["PassedReply", "ReplyResponse", "full_headers", "reply_and_task", "with_head"]

RawHeader = tuple[bytes, bytes]

_WITHOUT_BODY = frozenset({204, 304})
_FRAMING = frozenset({b"content-length", b"transfer-encoding"})


def full_headers(reply: Reply) -> list[RawHeader]:
    """The header fields as an ASGI server would be given them: with `content-length`, if it is known."""
    head = reply.head
    is_framed = head.is_framed
    if is_framed is None:
        says_length = any(name.lower() in _FRAMING for name, _ in head.headers)
        is_framed = head.is_framed = says_length or head.status < 200 or head.status in _WITHOUT_BODY
    if is_framed or reply.stream is not None:
        return list(head.headers)
    return [(b"content-length", b"%d" % len(reply.body)), *head.headers]


_MOST_HEADS = 16
"""Kept for one head of a route, so that values which differ each time do not fill the memory."""


def derived_head(head: Head, status: int, headers: RawHeaders) -> Head:
    """The head with this status and these fields, the same one each time if they stay the same.

    PERF: the transport then joins its bytes once, not at each request (benchmark `middleware`).
    """
    derived = head.derived
    if derived is None:
        derived = head.derived = {}
    made = derived.get((status, headers))
    if made is None:
        made = Head(status, headers)
        if len(derived) < _MOST_HEADS:
            derived[status, headers] = made
    return made


class PassedReply(Reply):
    """A reply that went through a middleware function."""

    in_pieces = True


def with_head(reply: Reply, head: Head) -> Reply:
    """The same content under another head."""
    if head is reply.head:
        return reply
    if type(reply) is WholeReply:
        return WholeReply(head, reply.body)
    return type(reply)(head, reply.body, stream=reply.stream)


class ReplyResponse(_StreamingResponse):
    """A reply as `call_next` gives it: what Starlette's middleware gives, made only as far as it is looked at."""

    _raw: list[RawHeader] | None = None
    _added_length: RawHeader | None = None
    """The field that the transport would add; shown to the function, and not kept in the head if it stays."""
    _iterator: Any = None
    _view: MutableHeaders | None = None

    def __init__(self, reply: Reply, note_failure: Callable[[Exception], None]) -> None:
        self.reply = reply
        self.note_failure = note_failure
        self.info = None
        self.status_code = reply.head.status
        self.background = None

    @property
    def raw_headers(self) -> list[RawHeader]:
        headers = self._raw
        if headers is None:
            headers = self._raw = full_headers(self.reply)
            if len(headers) > len(self.reply.head.headers):
                self._added_length = headers[0]
        return headers

    @raw_headers.setter
    def raw_headers(self, headers: list[RawHeader]) -> None:
        self._raw = headers
        self._view = None

    @property
    def headers(self) -> MutableHeaders:
        view = self._view
        if view is None:
            view = self._view = MutableHeaders(raw=self.raw_headers)
        return view

    @property
    def body_iterator(self) -> Any:
        if self._iterator is None:
            self._iterator = self._chunks()
        return self._iterator

    @body_iterator.setter
    def body_iterator(self, iterator: Any) -> None:
        self._iterator = iterator

    @property
    def is_unread(self) -> bool:
        """Nobody has taken the body, which a stream must then be told."""
        return self._iterator is None

    def to_reply(self) -> Reply:
        """The reply with what the middleware changed."""
        if self._iterator is None:
            stream = self.reply.stream
            if stream is not None:
                stream = ClosingIterator(self._chunks(), stream)
            return PassedReply(self._head(), self.reply.body, stream=stream)
        return PassedReply(self._head(), stream=encoded(self._iterator, self.charset))

    def _head(self) -> Head:
        head = self.reply.head
        headers = self._raw
        if headers is None:
            return head if self.status_code == head.status else Head(self.status_code, head.headers)
        if self._iterator is None and headers and headers[0] is self._added_length:
            headers = headers[1:]
        return derived_head(head, self.status_code, tuple(headers))

    async def _chunks(self) -> AsyncGenerator[bytes]:
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


def reply_and_task(response: Any) -> tuple[Reply, BackgroundTask | None]:
    """What a middleware function returned, and the task that it wants run once that was sent."""
    kind = type(response)
    if kind is ReplyResponse:
        return response.to_reply(), response.background
    if not callable(response):
        raise TypeError(f"{kind.__name__!r} object is not callable: a middleware returns a Response")
    reply = reply_of(response)
    return reply, response.background if reply.application is None else None
