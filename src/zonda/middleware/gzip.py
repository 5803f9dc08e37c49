"""This module compresses responses: Starlette's gzip middleware, and its wrap."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any

from starlette.middleware.gzip import GZipMiddleware, GZipResponder, IdentityResponder

from zonda.middleware.replies import ClosingIterator, full_headers
from zonda.middleware.streams import first_chunk
from zonda.seams import Dispatch, Exchange, Head, Message, Reply, Wrap

__all__ = ["GZipMiddleware", "wrap"]


def wrap(middleware: GZipMiddleware) -> Wrap:
    return _GZipWrap(middleware)


class _GZipWrap:
    """Feeds Starlette's responders the messages that a reply would be, and reads a reply from what they send."""

    def __init__(self, middleware: GZipMiddleware) -> None:
        self.middleware = middleware

    async def __call__(self, exchange: Exchange, dispatch: Dispatch) -> Reply:
        reply = await exchange.materialise(await dispatch(exchange))
        stream = reply.stream
        if stream is None and reply.in_pieces:
            stream = _only(reply.body)
        if stream is None and len(reply.body) < self.middleware.minimum_size:
            return reply
        compression = _Compression(self._responder(exchange))
        await compression.feed_head(reply)
        if compression.is_excluded:
            return reply
        if stream is None:
            return Reply(await compression.head_after(reply.body), compression.taken())
        return await _stream_reply(exchange, stream, compression)

    def _responder(self, exchange: Exchange) -> IdentityResponder:
        middleware = self.middleware
        accepted = next((value for name, value in exchange.headers if name == b"accept-encoding"), b"")
        options: dict[str, Any] = {"exclude_content_types": middleware.exclude_content_types}
        if accepted.find(b"gzip") < 0:
            return IdentityResponder(_no_application, middleware.minimum_size, **options)
        return GZipResponder(
            _no_application,
            middleware.minimum_size,
            compresslevel=middleware.compresslevel,
            thread_minimum_size=middleware.thread_minimum_size,
            **options,
        )


async def _stream_reply(exchange: Exchange, stream: AsyncIterator[bytes], compression: _Compression) -> Reply:
    # The head depends on whether there is anything to compress.
    first = await first_chunk(exchange, stream)
    if first is None:
        return Reply(await compression.head_after(b""), stream=_only(compression.taken()))
    head = await compression.head_after(first, more_body=True)
    return Reply(head, stream=ClosingIterator(_compressed(stream, compression), stream))


async def _compressed(stream: AsyncIterator[bytes], compression: _Compression) -> AsyncGenerator[bytes]:
    yield compression.taken()
    async for chunk in stream:
        await compression.feed(chunk, more_body=True)
        yield compression.taken()
    await compression.feed(b"")
    yield compression.taken()


async def _only(chunk: bytes) -> AsyncIterator[bytes]:
    if chunk:
        yield chunk


class _Compression:
    """One responder at work: it is given messages and sends others, here into this object."""

    def __init__(self, responder: IdentityResponder) -> None:
        self._responder = responder
        self._start: Message | None = None
        self._body = b""
        responder.send = self._send

    @property
    def is_excluded(self) -> bool:
        """The responder lets everything through; else it keeps the head until it has seen the body's beginning."""
        return self._start is not None

    async def feed_head(self, reply: Reply) -> None:
        message = {"type": "http.response.start", "status": reply.head.status, "headers": full_headers(reply)}
        await self._responder.send_with_compression(message)

    async def head_after(self, body: bytes, more_body: bool = False) -> Head:
        await self.feed(body, more_body=more_body)
        if self._start is None:
            raise RuntimeError("The responder kept the head although the body has begun.")
        return Head(self._start["status"], tuple(self._start["headers"]))

    async def feed(self, body: bytes, more_body: bool = False) -> None:
        message = {"type": "http.response.body", "body": body, "more_body": more_body}
        await self._responder.send_with_compression(message)

    def taken(self) -> bytes:
        """What was sent since the last time."""
        body, self._body = self._body, b""
        return body

    async def _send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
        else:
            self._body += message["body"]


async def _no_application(scope: Any, receive: Any, send: Any) -> None:
    raise RuntimeError("The responder is fed, it calls nothing.")
