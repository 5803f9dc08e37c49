"""This module holds the list of a router's routes, which tells its router about every change."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, SupportsIndex

from starlette.routing import BaseRoute


class RouteList(list[BaseRoute]):
    """A list like any other whose owner is told when it changed, so that late routes answer at once."""

    def __init__(self, routes: Iterable[BaseRoute], changed: Callable[[], None]) -> None:
        super().__init__(routes)
        self._changed = changed


def _observed(name: str) -> Callable[..., Any]:
    plain = getattr(list, name)

    def change(self: RouteList, *args: Any, **kwargs: Any) -> Any:
        try:
            return plain(self, *args, **kwargs)
        finally:
            self._changed()

    change.__name__ = name
    change.__doc__ = plain.__doc__
    return change


for _name in (
    "append", "extend", "insert", "remove", "pop", "clear", "sort", "reverse",
    "__setitem__", "__delitem__", "__iadd__", "__imul__",
):  # fmt: skip
    setattr(RouteList, _name, _observed(_name))


def position(routes: list[BaseRoute], route: BaseRoute) -> SupportsIndex:
    """Where this very route stands; equal ones do not count."""
    return next(index for index, item in enumerate(routes) if item is route)
