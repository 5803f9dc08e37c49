"""This module ends the work for a request whose time is over, or whose client has left, where its route asks for that.

    respond ──▶ guard: deadline, cancel_on_disconnect ──▶ apart (a task of its own behind a middleware function)

A task of asyncio's is cancelled once, so that what it awaits while it cleans up is not cancelled again. Trio knows
only scopes that stay cancelled; clean-up is shielded from them there, in a task of its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from math import isinf
from types import TracebackType
from typing import Any

from anyio import CancelScope, current_time

from zonda import clock
from zonda.concurrency.event_loops import runs_on_asyncio
from zonda.middleware.apart import OwnTask
from zonda.own_options import OwnOptions
from zonda.seams import ASGIApp, Exchange, Message, Receive, Reply, Responder, Scope, Send
from zonda.time_left import DeadlineExceeded, Ending, begin_deadline, end_deadline
from zonda.transport.leaving import ClientLeft


def is_guarded(own: OwnOptions) -> bool:
    return seconds_of(own) is not None or bool(own.cancel_on_disconnect)


def seconds_of(own: OwnOptions) -> float | None:
    """How long a request may take; an endless deadline is none, which is how a route opts out of its application's."""
    return None if own.deadline is None or isinf(own.deadline) else own.deadline


def guarded(own: OwnOptions, respond: Responder) -> Responder:
    """The responder with what `own` asks for, on asyncio; as it is elsewhere."""

    async def respond_guarded(exchange: Exchange) -> Reply:
        if not runs_on_asyncio():
            return await respond(exchange)
        async with TaskGuard(exchange, own):
            return await respond(exchange)

    return respond_guarded


def guarded_elsewhere(own: OwnOptions, respond: Responder, plain: Responder) -> Responder:
    """`respond` on asyncio; elsewhere `plain`, guarded, in a task of its own."""

    async def respond_anywhere(exchange: Exchange) -> Reply:
        if runs_on_asyncio():
            return await respond(exchange)
        async with ScopeGuard(exchange, own):
            return await OwnTask(exchange, plain).begin()

    return respond_anywhere


def guarded_application(own: OwnOptions, app: ASGIApp, exchange: Exchange) -> ASGIApp:
    """A route that is answered by its ASGI application, with what `own` asks for until its response begins."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        guard = TaskGuard(exchange, own) if runs_on_asyncio() else ScopeGuard(exchange, own)

        async def send_and_release(message: Message) -> None:
            guard.release()
            await send(message)

        async with guard:
            await app(scope, receive, send_and_release)

    return answer


class Guard:
    """Around the work for one request: ends it, for the first reason that there is.

    TaskGuard       cancels asyncio's task, once
    ScopeGuard      cancels a scope
    """

    def __init__(self, exchange: Exchange, own: OwnOptions) -> None:
        self.exchange = exchange
        self.seconds = seconds_of(own)
        self.watches = bool(own.cancel_on_disconnect)
        self.reason: Exception | None = None
        self.is_released = False
        self._ending: Ending | None = None
        self._waiting: clock.Timer | None = None
        """For a clock that a test has stopped."""

    async def __aenter__(self) -> None:
        if self.watches and await self.exchange.watch(self._leave):
            raise ClientLeft
        if self.seconds is not None:
            self._ending = begin_deadline(self.seconds)
        stopped = clock.stopped()
        if stopped is None or self.seconds is None:
            self.begin(self.seconds)
        else:
            self.begin(None)
            self._waiting = stopped.call_later(self.seconds, partial(self.call_soon(), self.expire))

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()
        if self._ending is not None:
            end_deadline(self._ending)
        try:
            is_ours = self.end(error)
        finally:
            if self.watches:
                await self.exchange.unwatch()
        if is_ours and self.reason is not None:
            raise self.reason from None

    def cut(self, reason: Exception) -> None:
        if not self.is_released and self.reason is None:
            self.reason = reason
            self.cancel()

    def _leave(self) -> None:
        self.cut(ClientLeft())

    def release(self) -> None:
        """There is an answer by now: nothing is cancelled any more."""
        self.is_released = True
        if self._waiting is not None:
            self._waiting.cancel()

    def expire(self) -> None:
        self.cut(DeadlineExceeded())

    def begin(self, seconds: float | None) -> None:
        raise NotImplementedError

    def call_soon(self) -> Callable[[Callable[[], None]], object]:
        """What lets the event loop call a function, from any thread."""
        raise NotImplementedError

    def cancel(self) -> None:
        raise NotImplementedError

    def end(self, error: BaseException | None) -> bool:
        """The work has ended, with `error` or without; True if that is the cancellation of this guard."""
        raise NotImplementedError


class TaskGuard(Guard):
    _timer: asyncio.TimerHandle | None = None
    _task: Any = None

    def begin(self, seconds: float | None) -> None:
        self._task = asyncio.current_task()
        self._cancelled_before = self._task.cancelling()
        if seconds is not None:
            self._timer = asyncio.get_running_loop().call_later(seconds, self.expire)

    def call_soon(self) -> Callable[[Callable[[], None]], object]:
        return asyncio.get_running_loop().call_soon_threadsafe

    def cancel(self) -> None:
        self._task.cancel()

    def release(self) -> None:
        super().release()
        if self._timer is not None:
            self._timer.cancel()

    def end(self, error: BaseException | None) -> bool:
        if self.reason is None:
            return False
        return self._task.uncancel() <= self._cancelled_before and isinstance(error, asyncio.CancelledError)


class ScopeGuard(Guard):
    def begin(self, seconds: float | None) -> None:
        self._scope = CancelScope()
        if seconds is not None:
            self._scope.deadline = current_time() + seconds
        self._scope.__enter__()

    def call_soon(self) -> Callable[[Callable[[], None]], object]:
        from trio.lowlevel import current_trio_token  # where there is no asyncio, there is trio

        return current_trio_token().run_sync_soon

    def cancel(self) -> None:
        self._scope.cancel()

    def release(self) -> None:
        super().release()
        self._scope.deadline = float("inf")

    def end(self, error: BaseException | None) -> bool:
        kind, trace = (None, None) if error is None else (type(error), error.__traceback__)
        is_swallowed = bool(self._scope.__exit__(kind, error, trace))
        if is_swallowed and self.reason is None:
            self.reason = DeadlineExceeded()
        return is_swallowed
