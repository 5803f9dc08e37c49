"""This module answers ASGI requests with a pipeline, whatever server calls."""

from __future__ import annotations

from collections.abc import Callable

from anyio import create_task_group
from anyio.abc import TaskGroup

from zonda.body_limit import alone
from zonda.concurrency.event_loops import runs_on_asyncio
from zonda.seams import Pipeline, Receive, Scope, Send
from zonda.transport.driving import answer
from zonda.transport.exchange import HttpExchange
from zonda.transport.inner import Run
from zonda.transport.leaving import ClientLeft


class Entry:
    """An ASGI callable for `http` scopes in front of a pipeline.

    An error that nothing handled is raised after it was answered: servers log it, test clients show it.
    """

    def __init__(self, pipeline: Pipeline) -> None:
        self.pipeline = pipeline

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        exchange = HttpExchange(scope, receive, send)
        if runs_on_asyncio():
            error = await answer(self.pipeline, exchange)
        else:  # a task may only outlive its caller inside a group that was opened before
            async with create_task_group() as group:
                exchange.spawn = _spawn_in(group)  # type: ignore[method-assign]
                error = await answer(self.pipeline, exchange)
        if error is not None and not isinstance(error, ClientLeft):
            raise alone(error)


def _spawn_in(group: TaskGroup) -> Callable[[Run], object]:
    def spawn(run: Run, /) -> object:
        group.start_soon(run)
        return None

    return spawn
