"""This module holds the list of a router's routes, which tells its router about every change."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from copy import deepcopy
from typing import Any

from starlette.routing import BaseRoute

from zonda.changes import ObservedList


class RouteList(ObservedList[BaseRoute]):
    """A list like any other whose owner is told when it changed, so that late routes answer at once."""

    def __init__(self, routes: Iterable[BaseRoute], changed: Callable[[], None]) -> None:
        super().__init__(routes)
        self.note_change = changed

    def __deepcopy__(self, memo: dict[int, Any]) -> RouteList:
        """A copy that tells the copy of its router; while the two are made, there is nobody to be told."""
        copied = memo[id(self)] = RouteList((), lambda: None)
        list.extend(copied, (deepcopy(route, memo) for route in self))
        copied.note_change = deepcopy(self.note_change, memo)
        return copied
