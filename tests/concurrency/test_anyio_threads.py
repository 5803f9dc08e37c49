"""The private names of anyio that Zonda uses still mean what Zonda takes them for."""

from __future__ import annotations

import asyncio
import threading
from contextvars import copy_context

import anyio
import anyio.from_thread
import anyio.lowlevel
from anyio._core._eventloop import threadlocals

from zonda.concurrency.anyio_threads import as_worker_thread, current_cancel_scope, forget_library, run_under


def test_a_thread_of_ours_is_a_worker_thread() -> None:
    """A thread inside `as_worker_thread` can call back into the loop, and is forgotten after it."""

    async def main() -> None:
        loop = asyncio.get_running_loop()
        seen: list[object] = []
        done = asyncio.Event()

        def work() -> None:
            with as_worker_thread(loop):
                seen.append(anyio.from_thread.run_sync(asyncio.get_running_loop))
            seen.append(hasattr(threadlocals, "current_token"))
            loop.call_soon_threadsafe(done.set)

        thread = threading.Thread(target=work)
        thread.start()
        await done.wait()
        thread.join()
        assert seen == [loop, False]

    asyncio.run(main())


def test_the_current_cancel_scope_is_found() -> None:
    """The innermost scope of the task is found, also one that a task group put around it, and None outside."""

    async def main() -> None:
        assert current_cancel_scope() is None
        with anyio.CancelScope() as scope:
            assert current_cancel_scope() is scope
            await anyio.lowlevel.checkpoint()
        seen: list[object] = []

        async def child() -> None:
            seen.append(current_cancel_scope())

        async with anyio.create_task_group() as group:
            group.start_soon(child)
        assert isinstance(seen[0], anyio.CancelScope)

    asyncio.run(main())


def test_the_scope_of_a_call_ends_with_it() -> None:
    """A call sees its caller's scope, and the next call does not."""
    scope = object()

    assert run_under(scope, copy_context(), lambda: threadlocals.current_cancel_scope) is scope
    assert not hasattr(threadlocals, "current_cancel_scope")


def test_the_library_is_forgotten_in_a_copied_context() -> None:
    """sniffio finds no event loop in a context that was made for a thread."""

    async def main() -> None:
        context = copy_context()
        forget_library(context)
        assert await asyncio.to_thread(lambda: context.run(anyio.get_all_backends))

    anyio.run(main)
