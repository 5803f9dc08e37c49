"""Dependencies with `yield` follow contextlib's rules, in the loop and in threads."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack
from typing import Any

import pytest

from zonda.concurrency import run_in_threadpool
from zonda.concurrency.dependency_limit import DependencyLimit
from zonda.runtime.dependencies import open_limited, opener, threaded_opener

pytestmark = pytest.mark.anyio

log: list[str] = []


@pytest.fixture(autouse=True)
def empty_log() -> None:
    log.clear()


async def in_loop(name: str = "loop", swallow: type[Exception] = KeyError) -> AsyncIterator[str]:
    try:
        yield name
    except swallow:
        log.append("swallowed")
    finally:
        log.append(f"close {name}")


def in_thread(name: str = "thread", swallow: type[Exception] = KeyError) -> Iterator[str]:
    assert threading.current_thread() is not threading.main_thread()
    try:
        yield name
    except swallow:
        log.append("swallowed")
    finally:
        assert threading.current_thread() is not threading.main_thread()
        log.append(f"close {name}")


OPENERS = [opener(in_loop), threaded_opener(in_thread, run_in_threadpool)]


@pytest.mark.parametrize("open_it", OPENERS, ids=["loop", "thread"])
async def test_open_and_close(open_it: Callable[..., Any]) -> None:
    """The value is what is yielded; the rest runs when the stack is closed."""
    async with AsyncExitStack() as stack:
        assert await stack.enter_async_context(open_it(name="it")) == "it"
        assert log == []
    assert log == ["close it"]


async def test_what_was_entered_for_a_cancelled_task_is_left() -> None:
    """A thread that opens something for a task that is cancelled meanwhile is waited for, and it is closed again."""
    gate, begun = threading.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def slow() -> Iterator[None]:
        loop.call_soon_threadsafe(begun.set)
        gate.wait(10)
        try:
            yield
        except asyncio.CancelledError:
            log.append("left")
            raise

    async def hold() -> None:
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(threaded_opener(slow, run_in_threadpool)())

    task = asyncio.create_task(hold())
    await begun.wait()
    task.cancel()
    gate.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert log == ["left"]


@pytest.mark.parametrize("open_it", OPENERS, ids=["loop", "thread"])
async def test_errors_are_thrown_in(open_it: Callable[..., Any]) -> None:
    """What is raised is thrown in at the `yield`, and goes on unless it is swallowed there."""
    with pytest.raises(ValueError, match="on"):  # noqa: PT012  (the block is what raises)
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(open_it(name="it"))
            raise ValueError("on")
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(open_it(name="it", swallow=ValueError))
        raise ValueError("off")
    assert log == ["close it", "swallowed", "close it"]


async def test_a_limit_is_held_until_the_end() -> None:
    """The place of a limited dependency is given back after its clean-up, not before."""
    limit = DependencyLimit(1)

    async with AsyncExitStack() as stack:
        assert await open_limited(stack, limit, opener(in_loop)()) == "loop"
        assert limit.get_semaphore().value == 0
    assert limit.get_semaphore().value == 1
    assert log == ["close loop"]
