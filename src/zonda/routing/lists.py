"""This module holds the list of a router's routes, which tells its router about every change."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from starlette.routing import BaseRoute

from zonda.changes import ObservedList


class RouteList(ObservedList[BaseRoute]):
    """A list like any other whose owner is told when it changed, so that late routes answer at once."""

    def __init__(self, routes: Iterable[BaseRoute], changed: Callable[[], None]) -> None:
        super().__init__(routes)
        self.note_change = changed
