"""This module keeps something open on an event loop while a plain function runs in the thread that called it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import AbstractAsyncContextManager, contextmanager
from typing import Any, TypeVar

import anyio.from_thread

from zonda.concurrency.anyio_threads import loop_of_worker_thread
from zonda.runtime.errors import swallowed

T = TypeVar("T")


def while_open(opening: AbstractAsyncContextManager[Any], run: Callable[[Any], T], title: str) -> T:
    """What `run` returns for the opened value; what it raises is seen by the exits.

    In a worker thread the event loop that it works for is used, elsewhere one for this call alone.
    """
    with _other_loop(title) as loop:
        opened: Future[Any] = Future()
        ended: Future[None] = Future()
        held = asyncio.run_coroutine_threadsafe(_hold(opening, opened, ended), loop)
        try:
            result = run(opened.result())
        except Exception as error:
            if opened.exception() is None:
                ended.set_exception(error)
            held.result()
            raise swallowed() from error
        except BaseException:
            ended.cancel()
            raise
        ended.set_result(None)
        held.result()
        return result


async def _hold(opening: AbstractAsyncContextManager[Any], opened: Future[Any], ended: Future[None]) -> None:
    try:
        value = await opening.__aenter__()
    except BaseException as error:
        opened.set_exception(error)
        raise
    opened.set_result(value)
    try:
        await asyncio.wrap_future(ended)
    except BaseException as error:
        if not await opening.__aexit__(type(error), error, error.__traceback__):
            raise
    else:
        await opening.__aexit__(None, None, None)


@contextmanager
def _other_loop(title: str) -> Iterator[asyncio.AbstractEventLoop]:
    if asyncio._get_running_loop() is not None:
        raise RuntimeError(
            f"{title} is a plain function and was called in an event loop, which would stand still until it is done. "
            "Make it `async def`, or call it with `run_in_threadpool`."
        )
    loop = loop_of_worker_thread()
    if loop is not None:
        yield loop
        return
    with anyio.from_thread.start_blocking_portal() as portal:
        yield portal.call(_running_loop)


async def _running_loop() -> asyncio.AbstractEventLoop:
    return asyncio.get_running_loop()
