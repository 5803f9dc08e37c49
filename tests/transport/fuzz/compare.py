"""This module compares readings of random streams: the two paths never differ, and h11 reads nothing otherwise.

    python -m tests.transport.fuzz --inputs 4000 --seed 7

What h11 accepts and we refuse is no difference. What we accept and h11 does not is one, but for the cases that
`tests/transport/h11_leniencies.toml` names.
"""

from __future__ import annotations

import asyncio
import logging
import random
import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .readings import Reader, Reading, normal, read_with_h11, with_lower_codings
from .streams import draw

TABLE = Path(__file__).parent.parent / "h11_leniencies.toml"


@dataclass(frozen=True)
class Difference:
    seed: str
    data: bytes
    what: str

    def __str__(self) -> str:
        return f"{self.seed}: {self.what}\n  {self.data!r}"


Forgive = Callable[[bytes], bytes]


def leniencies() -> list[Forgive]:
    """For each named case a function that takes what is lenient out of a stream, so that h11 reads the rest."""
    table = tomllib.loads(TABLE.read_text())
    return [_replacing(case["pattern"], case["replacement"]) for case in table.values()]


def _replacing(pattern: str, replacement: str) -> Forgive:
    compiled = re.compile(pattern.encode("latin-1"), re.DOTALL)

    def forgive(data: bytes) -> bytes:
        return compiled.sub(replacement.encode("latin-1"), data)

    return forgive


class Comparison:
    def __init__(self) -> None:
        self.native = Reader(is_native=True)
        self.asgi = Reader(is_native=False)
        self.leniencies = leniencies()

    async def compare(self, seed: str) -> Difference | None:
        choice = random.Random(seed)
        data = draw(choice)
        native = await self.native.read([data])
        other = await self.asgi.read([data])
        if native != other:
            return Difference(seed, data, f"native {native}\n  ASGI {other}")
        at = choice.randrange(len(data) + 1)
        cut = await self.native.read([data[:at], data[at:]])
        if cut != native:
            return Difference(seed, data, f"whole {native}\n  cut at {at} {cut}")
        return self._compare_h11(seed, data, native)

    def _compare_h11(self, seed: str, data: bytes, ours: Reading) -> Difference | None:
        theirs = read_with_h11(data)
        if agree(ours, theirs):
            return None
        forgiven = data
        for forgive in self.leniencies:
            forgiven = forgive(forgiven)
            if agree(ours, read_with_h11(forgiven)):
                return None
        return Difference(seed, data, f"we {ours.requests}\n  h11 {theirs.requests}")


def agree(ours: Reading, theirs: Reading) -> bool:
    """Each request that we read is one that h11 reads, in its place and equal."""
    mine = tuple(with_lower_codings(request) for request in ours.requests)
    return mine == tuple(normal(request) for request in theirs.requests[: len(mine)])


def differences(inputs: int, seed: str, *, most: int = 10) -> tuple[int, list[Difference]]:
    """How many streams were compared, and what was found in them."""

    async def run() -> tuple[int, list[Difference]]:
        comparison = Comparison()
        found: list[Difference] = []
        for number in range(inputs):
            difference = await comparison.compare(f"{seed}-{number}")
            if difference is not None:
                found.append(difference)
                if len(found) >= most:
                    return number + 1, found
        return inputs, found

    logging.disable(logging.CRITICAL)
    try:
        return asyncio.run(run())
    finally:
        logging.disable(logging.NOTSET)
