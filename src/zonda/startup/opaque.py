"""This module tells the routes that decide by themselves what they match, and asks them about one request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from starlette.routing import BaseRoute, Match, Route, WebSocketRoute

from zonda.compiler.finder import with_other_slash as other_slash
from zonda.routing import APIRoute, APIRouter, APIWebSocketRoute, _IncludedRouter
from zonda.routing.built_layers import Layers
from zonda.startup.layers import layered
from zonda.startup.surroundings import Surroundings
from zonda.startup.targets import AskedTarget, Target


def speakers(routes: Iterable[Any]) -> Iterator[Any]:
    """The routes of a router and of all that it includes; an inclusion that decides by itself stands for what is below.

    A route that is included is given in its included form, which has a route's attributes and methods.
    """
    for route in routes:
        if isinstance(route, _IncludedRouter) and not _has_own(route.original_router, APIRouter):
            yield from speakers(route.effective_candidates())
        else:
            yield route


def decides_by_itself(route: BaseRoute) -> bool:
    """Only the route knows what it matches; a plain route's path and methods say it all."""
    base = APIRoute if isinstance(route, APIRoute) else Route
    return not isinstance(route, base) or _has_own(route, base)


def websocket_decides_by_itself(route: BaseRoute) -> bool:
    """The same of what may take a websocket."""
    base = APIWebSocketRoute if isinstance(route, APIWebSocketRoute) else WebSocketRoute
    return not isinstance(route, base) or _has_own(route, base)


def _has_own(thing: Any, base: type[Any]) -> bool:
    """A subclass with its own way of matching or answering, or one set on the instance."""
    return any(
        getattr(type(thing), name) is not getattr(base, name) or name in vars(thing) for name in ("matches", "handle")
    )


class Asker:
    """Asks an opaque route about a request or a websocket."""

    def __init__(self, route: Any, surroundings: Surroundings, around: Layers | None = None) -> None:
        self.route = route
        self.around = around
        self.surroundings = surroundings

    def ask(self, connection: Any, with_other_slash: bool) -> tuple[Target, bool] | None:
        scope = connection.scope
        self.surroundings.publish(scope)
        if with_other_slash:
            scope = {**scope, "path": other_slash(scope["path"])}
        match, child_scope = self.route.matches(scope)
        if match is Match.NONE:
            return None
        target = AskedTarget(self.route, child_scope, self.surroundings)
        return layered(target, self.around), match is Match.FULL
