"""This module compares readings of random streams: the two paths never differ, and h11 reads nothing otherwise.

    python -m tests.transport.fuzz --inputs 4000 --seed 7

What h11 accepts and we refuse is no difference. What we accept and h11 does not is one, but for the cases that
`tests/transport/h11_leniencies.toml` names.
"""

from __future__ import annotations

import random
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from .collecting import collect
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


LENIENT: dict[str, Callable[[bytes], Reading]] = {
    "empty-line-before-a-request": partial(read_with_h11, skips_empty_line=True),
}
"""How h11 would read with the leniency that the table names."""


def lenient_readers() -> list[Callable[[bytes], Reading]]:
    """One for each case in the table."""
    return [LENIENT[name] for name in tomllib.loads(TABLE.read_text())]


class Comparison:
    def __init__(self) -> None:
        self.native = Reader(is_native=True)
        self.asgi = Reader(is_native=False)
        self.lenient_readers = lenient_readers()

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
        if any(agree(ours, read(data)) for read in self.lenient_readers):
            return None
        return Difference(seed, data, f"we {ours.requests}\n  h11 {theirs.requests}")


def agree(ours: Reading, theirs: Reading) -> bool:
    """Each request that we read is one that h11 reads, in its place and equal."""
    mine = tuple(with_lower_codings(request) for request in ours.requests)
    return mine == tuple(normal(request) for request in theirs.requests[: len(mine)])


def differences(inputs: int, seed: str, *, most: int = 10) -> tuple[int, list[Difference]]:
    """How many streams were compared, and what was found in them."""
    return collect(lambda: Comparison().compare, inputs, seed, most=most)
