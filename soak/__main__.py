"""This module is the command: `python -m soak --minutes 10`."""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import time
from collections import Counter
from dataclasses import dataclass, field

from soak.full_load import soak_at_full_load
from soak.remains import at_rest, check_memory
from soak.server import Served, served
from soak.traffic import VISITS, Visit, single, transfer_down, transfer_up
from soak.verdict import Verdict

CLIENTS = 24
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
        rest = await at_rest(server)
        memory = await mixed(server, seconds, tally)
        verdict.check("visits", dict(tally.right), is_good=bool(tally.right))
        verdict.check("wrong or missing answers", tally.wrong[:5] or 0, is_good=not tally.wrong)
        check_memory(verdict, memory, seconds, LARGEST_GROWTH)
        await rest.check(verdict)
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
    parser = argparse.ArgumentParser(prog="soak", description="Minutes under load, and what is left after it.")
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--full-load", action="store_true", help="as much as one worker can answer, instead of a mix")
    options = parser.parse_args()
    began = time.monotonic()
    verdict = Verdict()
    run = soak_at_full_load if options.full_load else soak
    asyncio.run(run(options.minutes * 60, verdict))
    print(f"{verdict.passed} passed, {verdict.failed} failed in {time.monotonic() - began:.2f}s")
    return 1 if verdict.failed else 0


if __name__ == "__main__":
    sys.exit(main())
