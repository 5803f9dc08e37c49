"""This module starts what an application needs around its lifespan, and stops it in the opposite order."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from typing import Any

import anyio

from zonda.analysis.calls import is_coroutine_callable
from zonda.extensions import Drain, NotStarted, in_brackets
from zonda.logger import logger


class Drains:
    """The drains of one application, and how many of its lifespans run."""

    def __init__(self, given: Iterable[Drain] = ()) -> None:
        self.declared: list[Drain] = []
        self._running = 0
        for drain in in_brackets("drains", given):
            self.add(drain)

    def add(self, drain: Drain) -> None:
        """Raises TypeError for what cannot be started and stopped, and RuntimeError when it is too late for that."""
        if not isinstance(drain, Drain):
            raise TypeError(
                f"{drain!r} is not a Drain, so nothing says how it is started. "
                "Derive its class from `zonda.extensions.Drain`, and pass an instance."
            )
        for name in ("start", "stop"):
            if not is_coroutine_callable(getattr(drain, name)):
                raise TypeError(f"`{name}` of {drain.label} is awaited. Write `async def {name}(self)`.")
        if self._running:
            raise RuntimeError(
                f"{drain.label} is added to an application that runs, and would never be started. "
                "Add it where the application is made, before its lifespan begins."
            )
        self.declared.append(drain)

    def around(self, lifespan: Any) -> Any:
        """A lifespan inside all that is started for it; the very one that was given where nothing is."""
        if not self.declared:
            return lifespan

        @asynccontextmanager
        async def drained(app: Any) -> AsyncIterator[Any]:
            async with self.run(), lifespan(app) as state:
                yield state

        return drained

    def run(self) -> AbstractAsyncContextManager[None]:
        """Start all in their order, and stop them in the opposite one when the block is left."""
        return self._run(sorted(self.declared, key=lambda drain: drain.order))

    @asynccontextmanager
    async def _run(self, drains: Sequence[Drain]) -> AsyncIterator[None]:
        with self.closed():
            await start_all(drains)
            try:
                yield
            finally:
                await stop_all(drains)

    @contextmanager
    def closed(self) -> Iterator[None]:
        """While the application runs, what is added would never be started."""
        self._running += 1
        try:
            yield
        finally:
            self._running -= 1


async def start_all(drains: Sequence[Drain]) -> None:
    """Raises NotStarted for the first that fails, after those before it were stopped."""
    for index, drain in enumerate(drains):
        try:
            await start(drain)
        except BaseException as error:
            stopped = await stop_all(drains[:index])
            if not isinstance(error, Exception):
                raise  # the start was cancelled from outside
            reason = str(error) if isinstance(error, TooSlow) else f"{type(error).__name__}: {error}"
            raise NotStarted(drain, tuple(stopped), reason) from error


class TooSlow(TimeoutError):
    """A drain took longer to start than it may."""


async def start(drain: Drain) -> None:
    limit = drain.start_timeout
    with anyio.move_on_after(limit) as scope:
        await drain.start()
    if scope.cancelled_caught:
        raise TooSlow(f"it took longer than {limit} s")


async def stop_all(drains: Sequence[Drain]) -> list[str]:
    """Stop the last first, whatever the others raise; returns their labels in that order."""
    stopped = []
    for drain in reversed(drains):
        await stop(drain)
        stopped.append(drain.label)
    return stopped


async def stop(drain: Drain) -> None:
    """What goes wrong is logged: those that are still to be stopped must not wait for it."""
    limit = drain.stop_timeout
    # Shielded: whoever cancels a shutdown wants it to end, and it does, at the limit.
    with anyio.move_on_after(limit, shield=True) as scope:
        try:
            await drain.stop()
        except Exception:  # noqa: BLE001  (whatever it is, the others are stopped)
            logger.exception("%s did not stop as it should.", drain.label)
    if scope.cancelled_caught:
        logger.error("%s did not stop within %s s and was cancelled.", drain.label, limit)
