"""This module is the command: `python -m soak --minutes 10`."""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
import time
from collections import Counter
from dataclasses import dataclass, field

from soak.client import connected, get
from soak.server import Served, served
from soak.traffic import VISITS, Visit, single, transfer_down, transfer_up

CLIENTS = 24
WARM_SECONDS = 60.0
"""Memory is compared with what it was after that; a shorter run compares with its first third."""
LARGEST_GROWTH = 8.0
"""Megabytes by which memory may differ between two moments under load: buffers and threads of the clients just then."""
TRANSFER_GROWTH = 16.0
ROLL_SECONDS = 6.0


@dataclass
class Tally:
    """What came of all visits."""

    right: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    async def visit(self, visit: Visit, port: int) -> None:
        try:
            await visit(port)
        except (Exception, asyncio.IncompleteReadError) as error:  # noqa: BLE001  (each is told in the end)
            if visit.__name__ != "leaving":
                self.wrong.append(f"{visit.__name__}: {error!r}")
                return
        self.right[visit.__name__] += 1


@dataclass
class Verdict:
    passed: int = 0
    failed: int = 0

    def check(self, what: str, figure: object, *, is_good: bool) -> None:
        print(f"{'ok    ' if is_good else 'FAILED'} {what}: {figure}", flush=True)
        self.passed += is_good
        self.failed += not is_good


async def held(port: int) -> dict[str, int]:
    async with connected(port) as client:
        await client.send(get("/held", "Connection: close\r\n"))
        found: dict[str, int] = json.loads((await client.answer())[1])
        return found


async def mixed(server: Served, seconds: float, tally: Tally) -> list[tuple[float, float]]:
    """Visits of all kinds from many clients; memory by the time."""
    began = time.monotonic()

    async def client() -> None:
        while time.monotonic() - began < seconds:
            await tally.visit(random.choice(VISITS), server.port)

    memory: list[tuple[float, float]] = []
    clients = [asyncio.create_task(client()) for _ in range(CLIENTS)]
    while not all(task.done() for task in clients):
        memory.append((time.monotonic() - began, server.memory()))
        await asyncio.wait(clients, timeout=1)
    for task in clients:
        task.result()
    return memory


async def peak_during(server: Served, visit: Visit) -> float:
    """Megabytes by which memory grew at most while a client was served."""
    before = peak = server.memory()
    task = asyncio.ensure_future(visit(server.port))
    while not task.done():
        await asyncio.wait([task], timeout=0.02)
        peak = max(peak, server.memory())
    task.result()
    return peak - before


async def rolls(server: Served, seconds: float, tally: Tally) -> int:
    """Replace the workers again and again while others ask; how often."""
    began = time.monotonic()
    is_over = asyncio.Event()

    async def client() -> None:
        while not is_over.is_set():
            await tally.visit(single, server.port)

    clients = [asyncio.create_task(client()) for _ in range(8)]
    count = 0
    while time.monotonic() - began < seconds or not count:
        server.roll()
        count += 1
        await asyncio.sleep(ROLL_SECONDS)
    is_over.set()
    await asyncio.gather(*clients)
    return count


async def soak(seconds: float, verdict: Verdict) -> None:
    tally = Tally()
    with served() as server:
        await mixed(server, 2, Tally())  # what is made at the first request is made
        await asyncio.sleep(6)
        base = await held(server.port)
        await asyncio.sleep(1)  # the connection that asked is gone
        descriptors = server.descriptors()
        memory = await mixed(server, seconds, tally)
        await asyncio.sleep(7)  # kept connections have their five seconds
        after = await held(server.port)
        tasks, timers = after["tasks"] - base["tasks"], after["timers"] - base["timers"]
        open_dependencies = after["dependencies"]
        verdict.check("visits", dict(tally.right), is_good=bool(tally.right))
        verdict.check("wrong or missing answers", tally.wrong[:5] or 0, is_good=not tally.wrong)
        warm = [size for at, size in memory if at > min(WARM_SECONDS, seconds / 3)]
        half = len(warm) // 2
        growth = sum(warm[half:]) / len(warm[half:]) - sum(warm[:half]) / half
        verdict.check("growth of memory, MB", f"{growth:.1f} of {warm[-1]:.0f}", is_good=growth < LARGEST_GROWTH)
        left_over = await server.descriptors_beyond(descriptors)
        verdict.check("descriptors left over", dict(left_over) or 0, is_good=not left_over)
        verdict.check("tasks left over", tasks, is_good=tasks <= 0)
        verdict.check("timers left over", timers, is_good=timers <= 0)
        verdict.check("dependencies left open", open_dependencies, is_good=not open_dependencies)
        for visit in (transfer_down, transfer_up):
            grown = await peak_during(server, visit)
            verdict.check(f"{visit.__name__} of 100 MB, growth in MB", f"{grown:.1f}", is_good=grown < TRANSFER_GROWTH)
        verdict.check("tracebacks", server.said().count("Traceback"), is_good="Traceback" not in server.said())
    rolled = Tally()
    with served("--workers", "2") as server:
        count = await rolls(server, seconds / 5, rolled)
        verdict.check("rolls of two workers under load", count, is_good=True)
        verdict.check(f"requests lost of {rolled.right['single']}", rolled.wrong[:5] or 0, is_good=not rolled.wrong)


def main() -> int:
    parser = argparse.ArgumentParser(prog="soak", description="Mixed traffic for minutes, and what is left after it.")
    parser.add_argument("--minutes", type=float, default=10.0)
    began = time.monotonic()
    verdict = Verdict()
    asyncio.run(soak(parser.parse_args().minutes * 60, verdict))
    print(f"{verdict.passed} passed, {verdict.failed} failed in {time.monotonic() - began:.2f}s")
    return 1 if verdict.failed else 0


if __name__ == "__main__":
    sys.exit(main())
