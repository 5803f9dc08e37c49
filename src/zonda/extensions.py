"""This module holds the seams by which batteries enter an application without the core knowing them.

Drain           started before the first answer, stopped after the last one
"""

from __future__ import annotations


class Drain:
    """Something that an application starts before it answers and stops when it has answered: a pool, a consumer.

    class Pool(Drain):
        name = "pool"

        async def start(self) -> None:
            self.connections = await connect()

        async def stop(self) -> None:
            await self.connections.close()

    app = Zonda(drains=[Pool()])
    """

    name: str = ""
    """What messages call it; without one, the name of its class."""
    order: int = 0
    """Lower ones start earlier and stop later; equal ones as they were declared."""
    start_timeout: float | None = 30.0
    """Seconds that `start` may take; None sets no limit."""
    stop_timeout: float | None = 10.0
    """Seconds that `stop` may take before it is cancelled."""

    async def start(self) -> None:
        """Before the application's lifespan. What it raises keeps the application from starting."""

    async def stop(self) -> None:
        """After the application's lifespan, and when a later one failed to start."""

    @property
    def label(self) -> str:
        return self.name or type(self).__name__


class NotStarted(RuntimeError):
    """A drain that failed to start; those that had started were stopped again. Its cause is what was raised."""

    def __init__(self, drain: Drain, stopped: tuple[str, ...], reason: str) -> None:
        self.drain = drain
        self.stopped = stopped
        """The labels of those that were stopped again, in that order."""
        after = f" Stopped again: {', '.join(stopped)}." if stopped else " Nothing had been started before it."
        super().__init__(f"{drain.label} did not start: {reason}.{after}")
