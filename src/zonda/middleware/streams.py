"""This module reads the beginning of a stream before the reply is written, for middleware that must know it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from zonda.seams import Exchange

__all__ = ["first_chunk"]


async def first_chunk(exchange: Exchange, stream: AsyncIterator[bytes]) -> bytes | None:
    """The first chunk, None if there is none or the client left while it was awaited.

    The wait ends with the client, as it does while a stream is written. No cancel scope is used for that: scopes
    that the stream opens stay open between its chunks, and could not be left in order.
    """
    task = _current_task()
    if task is None:
        return await anext(stream, None)
    watch = _Watch(task)
    watching = asyncio.create_task(watch.cancel_when_gone(exchange))
    try:
        return await anext(stream, None)
    except asyncio.CancelledError:
        if watch.has_cancelled and task.uncancel() == 0:
            return None
        raise
    finally:
        watching.cancel()


def _current_task() -> asyncio.Task[object] | None:
    """None on an event loop that is not asyncio's."""
    try:
        return asyncio.current_task()
    except RuntimeError:
        return None


class _Watch:
    def __init__(self, task: asyncio.Task[object]) -> None:
        self.task = task
        self.has_cancelled = False

    async def cancel_when_gone(self, exchange: Exchange) -> None:
        while (await exchange.receive())["type"] != "http.disconnect":
            pass
        self.has_cancelled = True
        self.task.cancel()
