"""This module compares what a server holds before and after a load, and its memory under it."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from dataclasses import dataclass

from soak.client import connected, get
from soak.server import Served
from soak.verdict import Verdict

WARM_SECONDS = 60.0
"""Memory is compared with what it was after that; a shorter run compares with its first third."""
KEEP_ALIVE_SECONDS = 7.0
"""Connections that are kept have five seconds, and are seen to be gone within two more."""


@dataclass
class Held:
    """What a server holds while nobody asks it anything."""

    tasks: int
    timers: int
    threads: int
    dependencies: int


async def held(port: int) -> Held:
    async with connected(port) as client:
        await client.send(get("/held", "Connection: close\r\n"))
        return Held(**json.loads((await client.answer())[1]))


@dataclass
class Rest:
    """A server at rest, before a load."""

    server: Served
    base: Held
    descriptors: Counter[str]

    async def check(self, verdict: Verdict) -> None:
        """Look when the load is over: nothing is left of it."""
        await asyncio.sleep(KEEP_ALIVE_SECONDS)
        after = await held(self.server.port)
        left_over = await self.server.descriptors_beyond(self.descriptors)
        tasks, timers = after.tasks - self.base.tasks, after.timers - self.base.timers
        verdict.check("descriptors left over", dict(left_over) or 0, is_good=not left_over)
        verdict.check("tasks left over", tasks, is_good=tasks <= 0)
        verdict.check("timers left over", timers, is_good=timers <= 0)
        verdict.check("dependencies left open", after.dependencies, is_good=not after.dependencies)


async def at_rest(server: Served) -> Rest:
    """The server when the connections that it was warmed up with are gone."""
    await asyncio.sleep(KEEP_ALIVE_SECONDS)
    base = await held(server.port)
    await asyncio.sleep(1)  # the connection that asked is gone
    return Rest(server, base, server.descriptors())


def check_memory(verdict: Verdict, memory: list[tuple[float, float]], seconds: float, most: float) -> None:
    """Megabytes by the time, from the first minute on: the second half of them is at most `most` above the first."""
    warm = [size for at, size in memory if at > min(WARM_SECONDS, seconds / 3)]
    half = len(warm) // 2
    growth = sum(warm[half:]) / len(warm[half:]) - sum(warm[:half]) / half
    verdict.check("growth of memory, MB", f"{growth:.1f} of {warm[-1]:.0f}", is_good=growth < most)
