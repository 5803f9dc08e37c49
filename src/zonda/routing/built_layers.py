"""This module builds what routers put around their routes; it is imported when an application is first asked.

middleware of the outer router
└── middleware of the inclusion
    └── middleware of the router itself
        └── handlers: the route's errors, the router's, the inclusion's, ..., the application's
            └── the route
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from starlette._exception_handler import wrap_app_handling_exceptions
from starlette.requests import Request
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from zonda.domain_errors import ErrorAnswer
from zonda.middleware.rings import Ring, rings_of
from zonda.problem_details import DomainProblem
from zonda.routing.layers import ErrorLevel, Layer, errors_of, layers_of
from zonda.seams import ASGIApp, Receive, Scope, Send
from zonda.transport.handlers import Handlers, handlers_in, publish_handlers


@dataclass(frozen=True, slots=True)
class Level:
    """One layer, built."""

    rings: tuple[Ring, ...]
    handlers: Handlers
    """Its own, with those further out behind them."""


class Layers:
    """All levels around one route, the outermost first."""

    def __init__(self, levels: Sequence[Level], handlers: Handlers, outermost: Handlers) -> None:
        self.levels = tuple(levels)
        self.handlers = handlers
        """Those of the route: its own `errors`, then the levels' from the innermost outwards."""
        self.outermost = outermost
        """The application's."""

    @property
    def rings(self) -> tuple[Ring, ...]:
        return tuple(ring for level in self.levels for ring in level.rings)

    def outside(self, index: int) -> Handlers:
        """The handlers outside of the level with this index."""
        return self.levels[index - 1].handlers if index else self.outermost

    def app(self, app: ASGIApp, *, handles_errors: bool) -> ASGIApp:
        """All of it in its ASGI form around an application, which may take an error step of its own."""
        app = telling(app, self.handlers) if handles_errors else handling(app, self.handlers)
        for index in range(len(self.levels) - 1, -1, -1):
            level = self.levels[index]
            for ring in reversed(level.rings):
                app = ring.around(app)
            if level.rings and self.outside(index) is not self.outermost:
                app = handling(app, self.outside(index))
        return app


def telling(app: ASGIApp, handlers: Handlers) -> ASGIApp:
    """The application, told which handlers its error step is to ask."""

    async def call(scope: Scope, receive: Receive, send: Send) -> None:
        publish_handlers(scope, handlers)
        await app(scope, receive, send)

    return call


def handling(app: ASGIApp, handlers: Handlers) -> ASGIApp:
    """The application with an error step around it."""

    async def call(scope: Scope, receive: Receive, send: Send) -> None:
        publish_handlers(scope, handlers)
        is_http = scope["type"] == "http"
        connection = Request(scope, receive, send) if is_http else WebSocket(scope, receive, send)
        await wrap_app_handling_exceptions(app, connection)(scope, receive, send)

    return call


Adapt = Callable[[ErrorAnswer], Callable[..., Any]]


def build(
    layers: Sequence[Layer],
    route_errors: Sequence[ErrorLevel],
    outermost: Handlers,
    rings: Callable[[Layer], tuple[Ring, ...]],
    adapt: Adapt,
) -> Layers | None:
    """The levels around a route; None if there is nothing around it. `adapt` gives the handler of a domain error."""
    levels: list[Level] = []
    handlers = outermost
    for layer in layers:
        layer.is_built = True
        errors = {} if layer.is_application else layer.errors
        given = {**adapted(errors, adapt), **layer.exception_handlers}
        if given:
            handlers = Handlers.of(given, handlers)
        if given or layer.middleware:
            levels.append(Level(rings(layer), handlers))
    for own in route_errors:
        handlers = Handlers.of(adapted(own, adapt), handlers)
    return Layers(levels, handlers, outermost) if levels or handlers is not outermost else None


def adapt_for(app: Any) -> Adapt:
    """What makes a handler of an entry of `errors=` in this application."""
    return DomainProblem.of if getattr(app, "problem_details", False) else as_it_is


def as_it_is(answer: ErrorAnswer) -> Callable[..., Any]:
    return answer


def adapted(errors: ErrorLevel, adapt: Adapt) -> dict[type[Exception], Callable[..., Any]]:
    """The entries of an `errors=` as exception handlers."""
    return {kind: adapt(answer) for kind, answer in errors.items()}


class BuiltLayers:
    """The layers of one application, built once each."""

    def __init__(self, adapt: Adapt | None = None) -> None:
        self._adapt = adapt or as_it_is
        self._rings: dict[Layer, tuple[Ring, ...]] = {}
        self._around: dict[Any, tuple[Any, Layers | None]] = {}

    def around(self, speaker: Any, root: Any, outermost: Handlers) -> Layers | None:
        """What stands around a route; the same object for routes that have the same around them."""
        layers = layers_of(speaker, root)
        errors = errors_of(speaker, layers)
        key = (*map(id, layers), *map(id, errors), id(outermost))
        found = self._around.get(key)
        if found is None:
            built = build(layers, errors, outermost, self._rings_of, self._adapt)
            found = self._around[key] = (layers, errors, outermost), built  # keeps what the ids stand for
        return found[1]

    def _rings_of(self, layer: Layer) -> tuple[Ring, ...]:
        rings = self._rings.get(layer)
        if rings is None:
            rings = self._rings[layer] = rings_of(layer.middleware)
        return rings


# A router that answers by itself


async def handle_within(route: Any, root: Any, scope: Scope, receive: Receive, send: Send) -> None:
    """Let a route answer that a walk over the tree of `root` found, within what stands around it."""
    layers = layers_of(route, root)
    errors = errors_of(route, layers)
    around = build(layers, errors, handlers_in(scope), Layer.rings, adapt_for(scope.get("app")))
    if around is None:
        await route.handle(scope, receive, send)
        return
    original = getattr(route, "original_route", route)
    handles_errors = isinstance(original, (Route, WebSocketRoute))
    await around.app(route.handle, handles_errors=handles_errors)(scope, receive, send)
