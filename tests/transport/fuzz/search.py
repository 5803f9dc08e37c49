"""This module searches with all that fuzzes, in one process or in several."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from ...hostile.search import findings
from .compare import differences
from .events import broken_promises

STREAMS_PER_CONNECTION = 10
"""A connection to which things happen takes ten times as long as a stream that is compared."""


def look(inputs: int, seed: str) -> tuple[int, list[str]]:
    """How many streams were compared, and all that was found in them, on connections, and in an application.

    As many hostile requests are sent to the application as there are streams.
    """
    compared, found = differences(inputs, seed)
    _, answers = findings(inputs, seed)
    return compared, [*map(str, [*found, *answers]), *broken_promises(inputs // STREAMS_PER_CONNECTION, seed)]


def search(inputs: int, seed: str, processes: int) -> tuple[int, list[str]]:
    """What so many processes find, each in streams of its own."""
    if processes == 1:
        return look(inputs, seed)
    seeds = [f"{seed}.{number}" for number in range(processes)]
    shares = [inputs // processes + (number < inputs % processes) for number in range(processes)]
    with ProcessPoolExecutor(processes, get_context("spawn")) as pool:
        outcomes = list(pool.map(look, shares, seeds))
    return sum(compared for compared, _ in outcomes), [one for _, found in outcomes for one in found]
