"""This module runs functions in worker threads: the functions that applications, responders and routes call."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Generator, Iterable
from contextlib import AbstractContextManager, asynccontextmanager
from functools import partial
from types import FunctionType
from typing import Any, ParamSpec, TypeVar

import anyio.to_thread
import starlette.concurrency
from anyio import CancelScope, CapacityLimiter, WouldBlock
from anyio.lowlevel import checkpoint, checkpoint_if_cancelled
from starlette.concurrency import run_until_first_complete

from zonda.concurrency.anyio_threads import current_cancel_scope
from zonda.concurrency.limits import ThreadLimit, wait_for_token
from zonda.concurrency.pool import Call, WorkerPool, current_pool

__all__ = [
    "contextmanager_in_threadpool",
    "iterate_in_threadpool",
    "run_exit_in_threadpool",
    "run_in_threadpool",
    "run_until_first_complete",
    "threadpool_for",
]

P = ParamSpec("P")
T = TypeVar("T")


async def run_in_threadpool(func: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call `func` in a worker thread and return its result; the event loop goes on meanwhile."""
    if is_replaced():
        return await starlette.concurrency.run_in_threadpool(func, *args, **kwargs)
    call = partial(func, *args, **kwargs) if args or kwargs else func
    return await _run(call, None, "")


def is_replaced() -> bool:
    """A tool put a function of its own in the place of Starlette's, to take what it tracks into the thread."""
    function = starlette.concurrency.run_in_threadpool
    return type(function) is not FunctionType or function.__module__ != "starlette.concurrency"


def threadpool_for(route: str, limit: ThreadLimit | None = None) -> Callable[..., Awaitable[Any]]:
    """`run_in_threadpool` for one route: it counts under `limit`, and a warning about long waits names the route."""

    def run_in_threadpool(func: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Awaitable[Any]:
        return _run(partial(func, *args, **kwargs) if args or kwargs else func, limit, route)

    return run_in_threadpool


async def run_exit_in_threadpool(func: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call `func` in a worker thread beyond every limit, so that what holds the limit's tokens can always be closed."""
    call = partial(func, *args, **kwargs)
    pool = _pool()
    if pool is not None:
        result: T = await _wait(pool, pool.submit(call, None), current_cancel_scope())
        return result
    with CancelScope(shield=True):
        result = await anyio.to_thread.run_sync(call, limiter=CapacityLimiter(1))
    return result  # noqa: RET504  (a checker thinks that the scope may swallow an error)


def _pool() -> WorkerPool | None:
    """The pool of the running event loop, None where it is not asyncio's.

    Asked for apart, so that what a thread raises has no context but that of its caller.
    """
    try:
        return current_pool()
    except RuntimeError:
        return None


async def _run(call: Callable[[], T], limit: ThreadLimit | None, route: str) -> T:
    pool = _pool()
    if pool is None:  # not asyncio: anyio knows how to run threads there
        return await anyio.to_thread.run_sync(call, limiter=None if limit is None else limit.limiter())
    scope = current_cancel_scope()
    if scope is not None:
        await checkpoint_if_cancelled()
    limiter = pool.limiter if limit is None else limit.limiter()
    borrower = object()
    try:
        limiter.acquire_on_behalf_of_nowait(borrower)
    except WouldBlock:
        await wait_for_token(pool, limiter, borrower, route or _name_of(call))
    try:
        result: T = await _wait(pool, pool.submit(call, scope), scope)
        return result
    finally:
        limiter.release_on_behalf_of(borrower)


async def _wait(pool: WorkerPool, call: Call, scope: Any) -> Any:
    """Wait until the thread is done, whatever is cancelled around: what it works with must not be closed under it."""
    if scope is not None:
        with CancelScope(shield=True):
            return await _wait(pool, call, None)
    cancelled: asyncio.CancelledError | None = None
    while not call.is_done:
        try:
            await call.future
        except asyncio.CancelledError as error:
            cancelled = error
            if call.future.done():
                call.future = pool.loop.create_future()
    if cancelled is not None:
        raise cancelled
    return call.outcome()


def _name_of(call: Callable[[], Any]) -> str:
    function = call.func if isinstance(call, partial) else call
    return getattr(function, "__qualname__", None) or repr(function)


_END: Any = object()


async def iterate_in_threadpool(iterator: Iterable[T]) -> AsyncIterator[T]:
    """Iterate over `iterator` with each step in a worker thread; a generator that is left early is closed in one."""
    steps = iter(iterator)
    await checkpoint()  # as anyio does before each call: who waits for the head of a response hears of it first
    try:
        while (item := await run_in_threadpool(next, steps, _END)) is not _END:
            yield item
    finally:
        if isinstance(steps, Generator):
            await run_exit_in_threadpool(steps.close)


@asynccontextmanager
async def contextmanager_in_threadpool(cm: AbstractContextManager[T]) -> AsyncGenerator[T, None]:
    """Enter and leave `cm` in worker threads. Leaving takes no token: others may wait for one until this has left."""
    entered: list[T] = []
    try:
        await run_in_threadpool(lambda: entered.append(cm.__enter__()))
    except BaseException as error:
        if entered:  # the caller was cancelled while the thread entered
            await run_exit_in_threadpool(cm.__exit__, type(error), error, error.__traceback__)
        raise
    try:
        yield entered[0]
    except BaseException as error:
        if not await run_exit_in_threadpool(cm.__exit__, type(error), error, error.__traceback__):
            raise
    else:
        await run_exit_in_threadpool(cm.__exit__, None, None, None)
