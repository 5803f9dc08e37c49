"""This module notices and counts the changes of what was declared: routes, their attributes, their dependencies.

What was compiled remembers the count at which it was last found true, and asks again only when the count moved:
one comparison of two numbers a request.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")


class Changes:
    """A number that grows; its owner decides what a change is."""

    __slots__ = ("count",)

    def __init__(self) -> None:
        self.count = 0

    def note(self) -> None:
        self.count += 1


declared = Changes()
"""Every change to a route, a router's list of routes or a dependant, anywhere in the process."""

matched = Changes()
"""Changes of what a route matches after it was made, which are rare: its path or its methods."""


class ObservedList(list[T]):
    """A list like any other that calls `note_change` after everything that may have changed it."""

    __slots__ = ()

    note_change: Callable[[], None]


def _observed(name: str) -> Callable[..., Any]:
    plain = getattr(list, name)

    def change(self: ObservedList[Any], *args: Any, **kwargs: Any) -> Any:
        try:
            return plain(self, *args, **kwargs)
        finally:
            self.note_change()

    change.__name__ = name
    change.__doc__ = plain.__doc__
    return change


for _name in (
    "append", "extend", "insert", "remove", "pop", "clear", "sort", "reverse",
    "__setitem__", "__delitem__", "__iadd__", "__imul__",
):  # fmt: skip
    setattr(ObservedList, _name, _observed(_name))
