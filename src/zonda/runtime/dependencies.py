"""This module opens what dependencies with `yield` leave to be closed, and makes what is injected by annotation."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import (
    AbstractAsyncContextManager,
    AbstractContextManager,
    AsyncExitStack,
    _AsyncGeneratorContextManager,
    contextmanager,
)
from typing import Any

from starlette.responses import Response

from zonda.background import BackgroundTasks, tasks_for
from zonda.concurrency.threadpool import run_exit_in_threadpool
from zonda.seams import Connection

Opener = Callable[..., AbstractAsyncContextManager[Any]]


class OpenGenerator(_AsyncGeneratorContextManager[Any]):
    """What `asynccontextmanager` makes, for one use: contextlib's rules hold for what a generator may catch and raise.

    PERF: only the generator is kept, nothing to make another one of (benchmark `dependencies`).
    """

    def __init__(self, generator: AsyncIterator[Any]) -> None:
        self.gen = generator  # type: ignore[assignment]  # contextlib asks of it what generators have

    async def __aenter__(self) -> Any:
        try:
            return await anext(self.gen)
        except StopAsyncIteration:
            raise RuntimeError("generator didn't yield") from None


def opener(generator_function: Callable[..., AsyncIterator[Any]]) -> Opener:
    """What opens an async generator dependency."""

    def open_generator(**arguments: Any) -> OpenGenerator:
        return OpenGenerator(generator_function(**arguments))

    return open_generator


class InThread:
    """A context manager that is entered and left in worker threads.

    Leaving takes no token of the thread limit: others may be waiting for one until this has left.
    """

    __slots__ = ("manager", "run")

    def __init__(self, manager: AbstractContextManager[Any], run: Callable[..., Awaitable[Any]]) -> None:
        self.manager = manager
        self.run = run

    async def __aenter__(self) -> Any:
        entered: list[Any] = []
        try:
            await self.run(lambda: entered.append(self.manager.__enter__()))
        except BaseException as error:
            if entered:  # the task was cancelled while the thread entered: nobody else will leave it
                await run_exit_in_threadpool(self.manager.__exit__, type(error), error, error.__traceback__)
            raise
        return entered[0]

    async def __aexit__(self, *raised: Any) -> bool:
        return bool(await run_exit_in_threadpool(self.manager.__exit__, *raised))


def threaded_opener(generator_function: Callable[..., Iterator[Any]], run: Callable[..., Awaitable[Any]]) -> Opener:
    """What opens a generator dependency, each step of which runs in a worker thread."""
    manager = contextmanager(generator_function)

    def open_in_thread(**arguments: Any) -> InThread:
        return InThread(manager(**arguments), run)

    return open_in_thread


async def open_limited(stack: AsyncExitStack, limit: Any, manager: AbstractAsyncContextManager[Any]) -> Any:
    """Open a dependency that only so many calls may have open: its place is given back after it was closed."""
    await stack.enter_async_context(limit.get_semaphore())
    return await stack.enter_async_context(manager)


def injected_response(connection: Connection) -> Response:
    """The Response of those who ask for one by annotation; its status and headers are merged into the reply's."""
    response = Response()
    response.raw_headers.clear()
    response.status_code = None  # type: ignore[assignment]  # nobody has set it
    connection.response = response
    return response


def injected_tasks(connection: Connection) -> BackgroundTasks:
    """The tasks of those who ask for them by annotation, run after the reply was sent."""
    tasks = connection.background = tasks_for(connection.app)
    return tasks
