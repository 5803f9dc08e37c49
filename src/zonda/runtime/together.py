"""This module runs dependencies that need nothing of each other at the same time: `Depends(..., parallel=True)`.

    together ── a task for each call, in the request's own context
             └─ Opening ─▶ Held: a task that opens a dependency with `yield`, and later closes it

What is kept of running them one after the other: each is closed in reverse of the order of declaration, context
variables that they set are seen afterwards (where two set the same, the one that did so later wins), and an error is
raised as it is. The first error cancels the others. On trio they run one after the other.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Coroutine, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from contextvars import Context, copy_context
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from zonda.concurrency.event_loops import runs_on_asyncio
from zonda.seams import ExitStack


@dataclass(frozen=True, slots=True)
class Opening:
    """A dependency with `yield` that is to be opened, and what will close it."""

    stack: ExitStack
    manager: AbstractAsyncContextManager[Any]
    limit: Any = None
    """Its `max_concurrency`, kept as long as it is open."""

    async def open(self) -> Any:
        """Open it in the running task, which closes it with all that is on the stack."""
        if self.limit is not None:
            await self.stack.enter_async_context(self.limit.get_semaphore())
        return await self.stack.enter_async_context(self.manager)


async def together(*calls: Awaitable[Any] | Opening | None) -> list[Any]:
    """The values of calls that run at the same time, in their order; None for what is not to be called."""
    if not runs_on_asyncio():
        return await in_turn(calls)
    started = [None if call is None else _start(call, _context()) for call in calls]
    futures = [item.ready for item in started if item is not None]
    if not futures:
        return list(calls)
    try:
        await asyncio.wait(futures, return_when=asyncio.FIRST_EXCEPTION)
        failed = next((future for future in futures if future.done() and _error_of(future) is not None), None)
        if failed is not None:
            await _cancel(started)
            raise _error_of(failed) or asyncio.CancelledError
    except asyncio.CancelledError:
        await _cancel(started)
        raise
    finally:
        for item in started:
            if isinstance(item, Held) and item.is_open:
                await item.stack.enter_async_context(item)
        _keep_variables(started)
    return [None if item is None else item.ready.result() for item in started]


async def in_turn(calls: Sequence[Awaitable[Any] | Opening | None]) -> list[Any]:
    """The same values, one after the other: on trio a task cannot be handed what closes a dependency later."""
    waiting = list(calls)
    values: list[Any] = []
    try:
        while waiting:
            call = waiting.pop(0)
            if isinstance(call, Opening):
                values.append(await call.open())
            else:
                values.append(None if call is None else await call)
    finally:
        for call in waiting:
            if isinstance(call, Coroutine):
                call.close()
    return values


async def limited(limit: Any, call: Coroutine[Any, Any, Any]) -> Any:
    """Await a call under its `max_concurrency`."""
    try:
        async with limit.get_semaphore():
            return await call
    finally:
        call.close()  # if it never began


class Called:
    """A call in a task of its own."""

    def __init__(self, call: Awaitable[Any], context: Context) -> None:
        self.context = context
        self.ready = self.task = asyncio.Task(_awaited(call), context=context)


async def _awaited(call: Awaitable[Any]) -> Any:
    return await call


class Held(AbstractAsyncContextManager[Any]):
    """A dependency that is open in a task of its own, and is left in it: scopes that it entered are the task's.

    Its task never fails: what is raised in it is raised where the dependency is opened or left.
    """

    def __init__(self, opening: Opening, context: Context) -> None:
        self.context = context
        self.stack = opening.stack
        self.is_open = False
        self._opening = opening
        loop = asyncio.get_running_loop()
        self.ready: asyncio.Future[Any] = loop.create_future()
        self._left: asyncio.Future[BaseException | None] = loop.create_future()
        self._outcome: BaseException | None = None
        self.task = asyncio.Task(self._hold(), context=context)

    async def _hold(self) -> None:
        try:
            async with AsyncExitStack() as stack:
                if self._opening.limit is not None:
                    await stack.enter_async_context(self._opening.limit.get_semaphore())
                value = await stack.enter_async_context(self._opening.manager)
                self.is_open = True
                self.ready.set_result(value)
                error = await self._left
                if error is not None:
                    raise error
        except BaseException as error:  # noqa: BLE001  (raised by whoever opens or leaves)
            self._outcome = error
        if self.ready.done():
            return
        if isinstance(self._outcome, Exception):
            self.ready.set_exception(self._outcome)
        else:
            self.ready.cancel()

    async def __aenter__(self) -> Any:
        return self.ready.result()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> bool:
        self._left.set_result(error)
        await _settle([self.task], self.task)
        if self._outcome is not None and self._outcome is not error:
            raise self._outcome
        return error is not None and self._outcome is None


def _start(call: Awaitable[Any] | Opening, context: Context) -> Called | Held:
    return Held(call, context) if isinstance(call, Opening) else Called(call, context)


def _context() -> Context:
    """That of the running task; a copy on Python 3.11, where a task does not tell its own."""
    context: Context = getattr(asyncio.current_task(), "get_context", copy_context)()
    return context


def _keep_variables(started: Sequence[Called | Held | None]) -> None:
    """Set what was set in copies of the context; there is nothing to do where it was the context itself."""
    if hasattr(asyncio.current_task(), "get_context"):
        return
    before = copy_context()
    for item in started:
        for variable, value in item.context.items() if item is not None else ():
            if variable not in before or before[variable] is not value:
                variable.set(value)


async def _cancel(started: Sequence[Called | Held | None]) -> None:
    """Cancel what is not ready yet, and wait until it is or has failed."""
    calls = [item for item in started if item is not None]
    for item in calls:
        if not item.ready.done():
            item.task.cancel()
    await _settle([item.ready for item in calls])
    for item in calls:
        _error_of(item.ready)  # only the first is raised; asyncio would complain of others that nobody looked at


async def _settle(futures: Sequence[asyncio.Future[Any]], tell: asyncio.Task[Any] | None = None) -> None:
    """Wait for all, whoever cancels meanwhile; `tell` is cancelled then, and waited for."""
    while any(not future.done() for future in futures):
        try:
            await asyncio.wait(futures)
        except asyncio.CancelledError:
            if tell is not None:
                tell.cancel()


def _error_of(future: asyncio.Future[Any]) -> BaseException | None:
    return asyncio.CancelledError() if future.cancelled() else future.exception()
