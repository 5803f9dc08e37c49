"""This module limits how many threads work at the same time, and says so when calls wait long for one.

By default all `def` code shares anyio's limiter of 40, as on FastAPI. `Zonda(threads=...)` sizes it and
`Zonda(dependency_threads=...)` gives `def` dependencies a limiter of their own, so that endpoints which wait for what
dependencies hold cannot lock them out.
"""

from __future__ import annotations

import logging
import time
from contextlib import suppress
from typing import TYPE_CHECKING
from weakref import WeakSet

if TYPE_CHECKING:
    import asyncio

    from anyio import CapacityLimiter
    from anyio.lowlevel import RunVar

    from zonda.concurrency.pool import WorkerPool

# Applications are declared with these classes, also where no event loop will run: what needs one is imported late.

logger = logging.getLogger("zonda.threads")

LONG_WAIT_SECONDS = 1.0
"""A call that waits longer than this for a thread is worth a warning."""
WARNING_INTERVAL_SECONDS = 60.0
"""At most one warning for each route in this time."""


class ThreadLimit:
    """A number of threads of its own, counted in each event loop."""

    def __init__(self, threads: int) -> None:
        from anyio.lowlevel import RunVar

        self.threads = threads
        self._limiter: RunVar[CapacityLimiter] = RunVar(f"zonda_thread_limit_{id(self)}")

    def limiter(self) -> CapacityLimiter:
        try:
            return self._limiter.get()
        except LookupError:
            from anyio import CapacityLimiter

            limiter = CapacityLimiter(self.threads)
            self._limiter.set(limiter)
            return limiter


class ThreadSettings:
    """How many threads an application may use: `Zonda(threads=..., dependency_threads=...)`."""

    def __init__(self, threads: int | None = None, dependency_threads: int | None = None) -> None:
        for name, value in (("threads", threads), ("dependency_threads", dependency_threads)):
            if value is not None and value < 1:
                raise ValueError(
                    f"`{name}` is {value}, but at least one thread is needed. Leave it out for the default."
                )
        self.threads = threads
        self.dependencies = None if dependency_threads is None else ThreadLimit(dependency_threads)
        """The limit of `def` dependencies; None: they share the one of endpoints."""
        self._loops: WeakSet[asyncio.AbstractEventLoop] = WeakSet()
        if threads is not None:
            from anyio.lowlevel import RunVar

            self._is_applied: RunVar[bool] = RunVar(f"zonda_threads_applied_{id(self)}")

    def apply(self) -> None:
        """Size the running event loop's limiter, once: what the application sets later stays. Call it in a task."""
        if self.threads is None or self._is_applied.get(False):
            return
        import asyncio

        import anyio.to_thread

        self._is_applied.set(True)
        anyio.to_thread.current_default_thread_limiter().total_tokens = self.threads
        with suppress(RuntimeError):  # trio's loop
            self._loops.add(asyncio.get_running_loop())

    @property
    def is_due(self) -> bool:
        """Nobody has called `apply` in the running asyncio loop; asked in its callbacks, where anyio knows no loop."""
        if self.threads is None:
            return False
        import asyncio

        try:
            return asyncio.get_running_loop() not in self._loops
        except RuntimeError:
            return False


_last_warnings: dict[str, float] = {}


async def wait_for_token(pool: WorkerPool, limiter: CapacityLimiter, borrower: object, route: str) -> None:
    """Wait until a thread is free under `limiter`; the wait is counted, and a long one is logged while it lasts."""
    pool.waiting += 1
    alarm = pool.loop.call_later(LONG_WAIT_SECONDS, _warn, pool, limiter, route)
    try:
        await limiter.acquire_on_behalf_of(borrower)
    finally:
        alarm.cancel()
        pool.waiting -= 1


def _warn(pool: WorkerPool, limiter: CapacityLimiter, route: str) -> None:
    now = time.monotonic()
    last = _last_warnings.get(route)
    if last is not None and now - last < WARNING_INTERVAL_SECONDS:
        return
    _last_warnings[route] = now
    logger.warning(
        "%s has waited %g s for a worker thread: %d of %d are in use and %d calls wait. "
        "Raise Zonda(threads=..., dependency_threads=...), or make what blocks in `def` code faster.",
        route,
        LONG_WAIT_SECONDS,
        limiter.borrowed_tokens,
        limiter.total_tokens,
        pool.waiting,
    )
