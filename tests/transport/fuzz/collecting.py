"""This module asks for one finding after the other, as both fuzzers do, until there are enough."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")
Judge = Callable[[str], Awaitable[T | None]]
"""Draws what a seed stands for, tries it, and gives what was found."""


def collect(begin: Callable[[], Judge[T]], inputs: int, seed: str, *, most: int) -> tuple[int, list[T]]:
    """How many were tried, and what was found in them; nothing is logged. `begin` is called in the loop."""

    async def run() -> tuple[int, list[T]]:
        judge = begin()
        found: list[T] = []
        for number in range(inputs):
            finding = await judge(f"{seed}-{number}")
            if finding is not None:
                found.append(finding)
                if len(found) >= most:
                    return number + 1, found
        return inputs, found

    logging.disable(logging.CRITICAL)
    try:
        return asyncio.run(run())
    finally:
        logging.disable(logging.NOTSET)
