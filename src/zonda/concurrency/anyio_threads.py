"""This module makes a thread of ours an anyio worker thread; every private name of anyio in Zonda is here.

`tests/concurrency/test_anyio_threads.py` fails when one of them changes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager
from contextvars import Context, ContextVar
from typing import Any

from anyio._backends._asyncio import AsyncIOBackend, _task_states
from anyio._core._eventloop import claim_worker_thread, threadlocals


def _find_library_name() -> ContextVar[str | None] | None:
    try:
        from sniffio import current_async_library_cvar
    except ModuleNotFoundError:
        return None
    return current_async_library_cvar


_library_name = _find_library_name()
"""Where sniffio, if it is installed, keeps the name of the running event loop."""


def as_worker_thread(loop: asyncio.AbstractEventLoop) -> AbstractContextManager[None]:
    """Within it `anyio.from_thread` and `asyncio.run_coroutine_threadsafe` find the loop that this thread works for."""
    return claim_worker_thread(AsyncIOBackend, loop)


def loop_of_worker_thread() -> asyncio.AbstractEventLoop | None:
    """The event loop that this thread works for, None if it is no worker thread."""
    token = getattr(threadlocals, "current_token", None)
    loop = getattr(token, "native_token", None)
    return loop if isinstance(loop, asyncio.AbstractEventLoop) else None


def current_cancel_scope() -> Any:
    """The innermost cancel scope of the running task, None if it has none."""
    task = asyncio.current_task()
    state = None if task is None else _task_states.get(task)
    return None if state is None else state.cancel_scope


def run_under(cancel_scope: Any, context: Context, function: Callable[[], Any]) -> Any:
    """Call `function` so that `anyio.from_thread.check_cancelled` asks the caller's cancel scope."""
    threadlocals.current_cancel_scope = cancel_scope
    try:
        return context.run(function)
    finally:
        del threadlocals.current_cancel_scope


def forget_library(context: Context) -> None:
    """A worker thread runs no event loop, so sniffio must not find one in the copied context."""
    if _library_name is not None and context.get(_library_name) is not None:
        context.run(_library_name.set, None)
