"""This module runs an ASGI application inside an exchange and gives what it sends as a Reply.

Middleware that knows exchanges needs a head to change and a body to wrap, while a mounted application only knows
how to send. It runs in a task of its own, in the context of the request, from its first line to its last: scopes
that it opens stay in that task, and contextvars that it sets are visible outside.
"""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import TYPE_CHECKING, Any

import anyio
from anyio.lowlevel import checkpoint

from zonda.seams import ASGIApp, Head, Message, Reply

if TYPE_CHECKING:
    from zonda.transport.exchange import HttpExchange

_FILE_CHUNK = 64 * 1024


Run = Callable[[], Coroutine[Any, Any, None]]

_running: set[asyncio.Task[None]] = set()


def spawn_on_loop(run: Run, context: contextvars.Context | None) -> asyncio.Task[None]:
    """Start a task in `context`, or in the one of the task that asks (on Python 3.11, which hides it, in a copy)."""
    if context is None:
        context = getattr(asyncio.current_task(), "get_context", contextvars.copy_context)()
    task = asyncio.get_running_loop().create_task(run(), context=context)
    _running.add(task)
    task.add_done_callback(_running.discard)
    return task


class InnerResponse:
    """One run of an application, read as it sends."""

    def __init__(self, exchange: HttpExchange, application: ASGIApp) -> None:
        self.exchange = exchange
        self.application = application
        self._messages_in, self._messages = anyio.create_memory_object_stream[Message](1)
        self._scope = anyio.CancelScope()
        self._sent = anyio.Event()
        self._ended = anyio.Event()
        self._is_complete = False
        """The application has sent its whole response."""
        self._error: BaseException | None = None

    async def begin(self) -> Reply:
        """Run the application up to its head, and to its body if that follows at once."""
        self.exchange.spawn(self._run)
        try:
            start = await self._messages.receive()
        except anyio.EndOfStream:
            await self.finish()
            raise RuntimeError("No response returned.") from None
        except BaseException:
            await self.stop()
            raise
        head = Head(start["status"], tuple((bytes(name), bytes(value)) for name, value in start.get("headers", ())))
        first: Message | None
        try:
            if any(name.lower() == b"content-length" for name, _ in head.headers):
                first = await self._messages.receive()
            else:
                await checkpoint()
                first = self._messages.receive_nowait()
        except anyio.WouldBlock:
            first = None
        except anyio.EndOfStream:
            first = {"type": "http.response.body"}
        if first is not None and first["type"] == "http.response.body" and not first.get("more_body", False):
            return Reply(head, first.get("body", b""))
        return Reply(head, stream=self._stream(first))

    async def finish(self) -> None:
        """The reply was sent, or another in its place: let the application come to its end, and raise its error.

        A response that was not read to its end was replaced: its application is cancelled.
        """
        if not self._sent.is_set():
            self._sent.set()
            self._messages.close()
            if not self._is_complete:
                self._scope.cancel()
        await self._ended.wait()
        error, self._error = self._error, None
        if error is not None:
            raise error

    async def stop(self) -> None:
        self._scope.cancel()
        self._messages.close()
        with anyio.CancelScope(shield=True):
            await self._ended.wait()

    async def _run(self) -> None:
        exchange = self.exchange
        try:
            with self._scope:
                await self.application(exchange.scope, self._receive, self._send)
        except Exception as error:  # noqa: BLE001  (raised where the reply is read, or by finish)
            self._error = error
        finally:
            self._messages_in.close()
            self._ended.set()

    async def _receive(self) -> Message:
        """As behind Starlette's middleware functions, some steps late.

        The head of a stream so comes before the refusal of a body that is too large, which it meets while it listens
        for the end of its client.
        """
        for _ in range(3):
            await checkpoint()
        return await self.exchange.receive()

    async def _send(self, message: Message) -> None:
        kind = message["type"]
        if kind in ("http.response.early_hint", "http.response.debug"):
            await self.exchange.send(message)
            return
        if kind not in ("http.response.start", "http.response.body", "http.response.pathsend"):
            return
        try:
            await self._messages_in.send(message)
        except anyio.BrokenResourceError:  # the reply was replaced: nobody reads this one any more
            return
        if kind != "http.response.start" and not message.get("more_body", False):
            self._is_complete = True
            await self._sent.wait()

    async def _stream(self, first: Message | None) -> AsyncIterator[bytes]:
        try:
            message = first
            while True:
                if message is None:
                    message = await self._messages.receive()
                if message["type"] == "http.response.pathsend":
                    async for chunk in _read_file(message["path"]):
                        yield chunk
                    return
                if message.get("body"):
                    yield message["body"]
                if not message.get("more_body", False):
                    return
                message = None
        except anyio.EndOfStream:
            await self._ended.wait()
            error, self._error = self._error, None
            raise error or RuntimeError("The application ended before its response did.") from None
        except BaseException:
            await self.stop()
            raise


async def _read_file(path: str) -> AsyncIterator[bytes]:
    async with await anyio.open_file(path, "rb") as file:
        while chunk := await file.read(_FILE_CHUNK):
            yield chunk
