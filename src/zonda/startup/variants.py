"""This module keeps the functions that one route has for sets of dependency overrides."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar

T = TypeVar("T")

MOST_VARIANTS = 64
"""Functions that one route keeps; each test usually makes a set of overrides of its own."""


class Variants(Generic[T]):
    """What `make` gave for each set of overrides."""

    def __init__(self, make: Callable[[Mapping[Any, Any]], T]) -> None:
        self._make = make
        self._made: dict[frozenset[tuple[int, int]], tuple[Mapping[Any, Any], T]] = {}

    def of(self, overrides: Mapping[Any, Any]) -> T:
        key = frozenset((id(original), id(replacement)) for original, replacement in overrides.items())
        found = self._made.get(key)
        if found is None:
            if len(self._made) >= MOST_VARIANTS:
                self._made.clear()
            overrides = dict(overrides)  # keeps what the ids stand for
            found = self._made[key] = overrides, self._make(overrides)
        return found[1]

    def clear(self) -> None:
        self._made.clear()
