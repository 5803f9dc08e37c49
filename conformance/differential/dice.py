"""This module makes choices through hypothesis, and notes which features they brought in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, TypeVar

from hypothesis import strategies as st

T = TypeVar("T")

PERCENT = st.integers(0, 99)


@cache
def between(least: int, most: int) -> st.SearchStrategy[int]:
    return st.integers(least, most)


class Dice:
    """What a program or a question is drawn with."""

    def __init__(self, draw: Callable[[st.SearchStrategy[Any]], Any]) -> None:
        self.draw = draw
        self.features: set[str] = set()
        self.names = 0

    def chance(self, percent: int, feature: str = "") -> bool:
        hit: bool = self.draw(PERCENT) >= 100 - percent
        if hit and feature:
            self.features.add(feature)
        return hit

    def number(self, least: int, most: int) -> int:
        return least if least == most else int(self.draw(between(least, most)))

    def pick(self, options: Sequence[T]) -> T:
        return options[self.number(0, len(options) - 1)]

    def some(self, options: Sequence[T], most: int) -> list[T]:
        """Up to so many different ones, in the order of the list."""
        chosen = {self.number(0, len(options) - 1) for _ in range(self.number(1, most))} if options else set()
        return [options[index] for index in sorted(chosen)]

    def use(self, feature: str) -> None:
        self.features.add(feature)

    def name(self, stem: str) -> str:
        self.names += 1
        return f"{stem}_{self.names}"
