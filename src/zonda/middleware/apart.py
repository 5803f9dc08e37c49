"""This module runs a responder in a task of its own, from its first step to its last clean-up.

    middleware's task                          own task
    ─────────────────                          ────────
    begin()            ── starts ──▶           respond
                       ◀── reply ──
    next chunk?        ─────────────▶          one step of the stream
                       ◀── chunk ──
    finish(error)      ─────────────▶          background tasks, exits
                       ◀── done ───

A middleware function may hold a scope around `call_next`, such as a time-out. What a route opens and leaves open
after its reply (yield dependencies, generators) cannot lie across it in one task, so these routes get a second one,
in the same context.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable
from enum import Enum
from typing import Any

import anyio
from anyio.lowlevel import cancel_shielded_checkpoint
from starlette.middleware.body_limit import _RequestBodyLimitResponseSent

from zonda.runtime.errors import response_not_awaited
from zonda.runtime.results import close
from zonda.seams import Exchange, Reply, Responder

__all__ = ["OwnTask", "apart"]


def apart(respond: Responder) -> Responder:
    """The same responder for a route that keeps scopes open: behind a middleware function it runs apart."""

    def respond_apart(exchange: Exchange) -> Awaitable[Reply]:
        return OwnTask(exchange, respond).begin() if exchange.behind_function else respond(exchange)

    return respond_apart


class _Wish(Enum):
    """What the middleware's task waits for."""

    CHUNK = "the next chunk of the stream"
    CLOSED = "the stream to be closed"
    FINISHED = "the end of it all"


class OwnTask:
    """The second task of one request; called with the error, if any, it finishes the exchange there."""

    def __init__(self, exchange: Exchange, respond: Responder) -> None:
        self.exchange = exchange
        self.respond = respond
        self._whole = anyio.CancelScope()
        self._streaming = anyio.CancelScope()
        self._stream_is_open = False
        self._is_ahead = False
        self._ended = anyio.Event()
        self._wish: _Wish | None = None
        self._wished = anyio.Event()
        self._granted = anyio.Event()
        self._result: Any = None
        self._error: BaseException | None = None
        self._unheard: BaseException | None = None
        """What ended the task while nobody waited for anything."""
        self._finish_error: BaseException | None = None
        self._late_error: Exception | None = None

    # The middleware's side

    async def begin(self) -> Reply:
        self.exchange.spawn(self._run)
        reply: Reply = await self._result_of(self._whole)
        self.exchange.finisher = self
        if reply.stream is None:
            return reply
        self._stream_is_open = True
        return Reply(reply.head, stream=self._chunks())

    async def _ask(self, wish: _Wish, scope: anyio.CancelScope) -> Any:
        if self._ended.is_set():
            unheard, self._unheard = self._unheard, None
            if unheard is not None and (wish is _Wish.CHUNK or self._late_error is None):
                raise unheard
            return None
        self._wish = wish
        self._granted = anyio.Event()
        self._wished.set()
        if wish is not _Wish.CHUNK and self._is_ahead:
            self._streaming.cancel()
        return await self._result_of(scope)

    async def _result_of(self, scope: anyio.CancelScope) -> Any:
        """Wait for what was asked. Who cancels the wait cancels the work in `scope`, and still waits for its end."""
        try:
            await self._granted.wait()
        except BaseException:
            scope.cancel()
            with anyio.CancelScope(shield=True):
                await self._granted.wait()
            raise
        error, self._error = self._error, None
        if error is not None:
            raise error
        return self._result

    async def _chunks(self) -> AsyncIterator[bytes]:
        try:
            while (chunk := await self._ask(_Wish.CHUNK, self._streaming)) is not None:
                yield chunk
        finally:
            if self._stream_is_open:
                with anyio.CancelScope(shield=True):
                    await self._ask(_Wish.CLOSED, self._whole)

    async def __call__(self, error: BaseException | None) -> None:
        if self._is_cut_off():
            await self.cancel()
            await self.exchange.finish_here(None)
            return
        self.exchange.finisher = None
        self._finish_error = error
        await self._ask(_Wish.FINISHED, self._whole)
        if self._late_error is not None:
            raise self._late_error

    def _is_cut_off(self) -> bool:
        """The application's limit refused the function's reply, which ends the task group of FastAPI's function."""
        exchange = self.exchange
        return exchange.is_limited_outside and isinstance(exchange.displaced_by, _RequestBodyLimitResponseSent)

    async def cancel(self) -> None:
        """End it now: the middleware failed after the reply, as if it had cancelled the task that it waits for."""
        self.exchange.finisher = None
        self._whole.cancel()
        with anyio.CancelScope(shield=True):
            await self._ended.wait()

    # The own task's side

    async def _run(self) -> None:
        try:
            with self._whole:
                await self._close_after_errors()
        except BaseException as error:  # noqa: BLE001  (raised in the middleware's task)
            if self._granted.is_set():
                self._unheard = error
            else:
                self._error = error
        finally:
            self._stream_is_open = False
            self._ended.set()
            self._granted.set()

    async def _close_after_errors(self) -> None:
        try:
            await self._respond_and_serve()
        except BaseException as error:
            # What was opened in this task is left in this task.
            left = await self.exchange.close(error)
            if left is error:
                raise
            raise left or response_not_awaited() from None

    async def _respond_and_serve(self) -> None:
        # What has no head until it runs may fail before: what was opened here is then left here.
        reply = await self.exchange.materialise(await self.respond(self.exchange))
        self._grant(reply)
        failure = None
        if reply.stream is None:
            await self._next_wish()
        else:
            failure = await self._serve_stream(reply.stream)
        if failure is None:
            await self.exchange.finish_here(self._finish_error)
        else:
            await self._fail(failure)

    async def _serve_stream(self, stream: AsyncIterator[bytes]) -> Exception | None:
        """Take the stream's steps, all within one scope, so that scopes of the stream's own lie inside it."""
        error = None
        with self._streaming:
            try:
                await self._iterate(stream)
            except Exception as raised:  # noqa: BLE001  (raised where the stream is read)
                error = raised
            finally:
                with anyio.CancelScope(shield=True):
                    await close(stream)
        self._stream_is_open = False
        if self._streaming.cancelled_caught and self._wished.is_set():
            self._wished = anyio.Event()  # the wish that ended the step is heard
        if error is None and self._wish is not _Wish.FINISHED:
            self._grant(None)
            await self._next_wish()
        return error

    async def _fail(self, failure: Exception) -> None:
        """Leave everything where the stream failed, before the middleware hears of it, as FastAPI does."""
        await cancel_shielded_checkpoint()  # a failing first step lets the function see its reply before the exits run
        try:
            await self.exchange.finish_here(failure)
        except Exception as error:  # noqa: BLE001  (reported when the exchange is finished)
            self._late_error = error
        raise failure

    async def _iterate(self, stream: AsyncIterator[bytes]) -> None:
        """Take the stream's steps, the first one before it is asked for.

        Starlette's task runs on after the head of its response, too, until someone has to take the first chunk.
        """
        self._is_ahead = True
        chunk = await anext(stream, None)
        self._is_ahead = False
        await self._next_wish()
        while self._wish is _Wish.CHUNK and chunk is not None:
            self._grant(chunk)
            await self._next_wish()
            if self._wish is _Wish.CHUNK:
                chunk = await anext(stream, None)

    def _grant(self, result: Any, error: BaseException | None = None) -> None:
        self._result = result
        self._error = error
        self._granted.set()

    async def _next_wish(self) -> None:
        await self._wished.wait()
        self._wished = anyio.Event()
