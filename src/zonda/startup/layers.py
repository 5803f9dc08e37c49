"""This module puts what routers have around their routes around the targets of an application's finder.

    LayeredTarget ─▶ wrap ─▶ wrap ─▶ (ASGI middleware ─▶ new exchange) ─▶ route's error step ─▶ Target

Middleware that knows exchanges stays a wrap; another runs its own route, and no other, through ASGI. Without any
middleware the target stays as it is, and only knows its exception handlers.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from zonda.middleware.rings import Ring
from zonda.routing.built_layers import Layers, handling
from zonda.seams import Dispatch, Exchange, Reply, Responder, Scope
from zonda.startup.targets import NO_HEAD, Target, stepped
from zonda.transport.asgi import Entry
from zonda.transport.dispatch import ApplicationPipeline, route_step, wrapped
from zonda.transport.handlers import Handlers, handled


def layered(target: Target, around: Layers | None) -> Target:
    """The target with all that stands around it."""
    if around is None:
        return target
    target.handlers = around.handlers
    return LayeredTarget(target, around) if around.rings else target


class LayeredTarget(Target):
    """Another target, with the middleware of its routers around it."""

    def __init__(self, target: Target, around: Layers) -> None:
        super().__init__(target.route, target.surroundings)
        self.target = target
        self.around = around
        self.has_values = target.has_values
        self.responder = self._around(self._respond)

    def _respond(self, exchange: Exchange) -> Awaitable[Reply]:
        return self.target.responder(exchange)

    def check(self, count: int) -> None:
        self.target.check(count)
        self.provider = self.target.provider
        self.checked = count

    def overridden(self, overrides: Mapping[Any, Any]) -> Responder:
        return self._around(self.target.overridden(overrides))

    def recorded(self, exchange: Exchange) -> Responder:
        return self._around(self.target.recorded(exchange))

    def prepare(self) -> None:
        self.target.prepare()

    @property
    def template(self) -> str | None:
        return self.target.template

    def tell_telemetry(self, scope: Scope) -> None:
        self.target.tell_telemetry(scope)

    def publish(self, scope: Scope) -> None:
        self.target.publish(scope)

    def _around(self, respond: Responder) -> Responder:
        """The middleware around a function of the target's."""
        around = self.around
        dispatch = answering(respond, around.handlers)
        for index in range(len(around.levels) - 1, -1, -1):
            level = around.levels[index]
            for ring in reversed(level.rings):
                dispatch = self._within(ring, dispatch, level.handlers)
            outside = around.outside(index)
            if level.rings and outside is not around.outermost:
                dispatch = guarded(dispatch, outside)
        return dispatch

    def _within(self, ring: Ring, dispatch: Dispatch, handlers: Handlers) -> Dispatch:
        if ring.wrap is not None:
            return wrapped(with_head(dispatch, handlers), (ring.wrap,))
        app = ring.around(Entry(RoutePipeline(self._entered(dispatch), handlers)))

        async def step_out(exchange: Exchange) -> Reply:
            return stepped(exchange, app)

        return step_out

    def _entered(self, dispatch: Dispatch) -> Dispatch:
        """The dispatch for an exchange that was made from the scope which the middleware passed on."""

        async def enter(exchange: Exchange) -> Reply:
            exchange.route = self.route
            exchange.found = self.target
            return await dispatch(exchange)

        return enter


class RoutePipeline(ApplicationPipeline):
    """What stands inside of a middleware of one route that only speaks ASGI."""

    def __init__(self, dispatch: Dispatch, handlers: Handlers) -> None:
        self.dispatch = dispatch
        self.select: Callable[[Exchange], Responder] | None = None
        self._handlers = handlers
        self._server_errors = None


def answering(respond: Responder, handlers: Handlers) -> Dispatch:
    """The responder with the route's error step."""

    async def answer(exchange: Exchange) -> Reply:
        try:
            return await respond(exchange)
        except Exception as error:  # noqa: BLE001  (raised again where nothing handles it)
            failure = error
        return await route_step(exchange, failure, handlers)

    return answer


def with_head(dispatch: Dispatch, handlers: Handlers) -> Dispatch:
    """Wraps need a head; an error before there is one is handled inside them."""

    async def materialised(exchange: Exchange) -> Reply:
        reply = await dispatch(exchange)
        if reply.application is None:
            return reply
        try:
            return await exchange.materialise(reply)
        except Exception as error:  # noqa: BLE001  (raised again where nothing handles it)
            failure = error
        return await route_step(exchange, failure, handlers)

    return materialised


def guarded(dispatch: Dispatch, handlers: Handlers) -> Dispatch:
    """An error step between two routers, for what the middleware of the inner one raises."""

    async def guard(exchange: Exchange) -> Reply:
        try:
            reply = await dispatch(exchange)
        except Exception as error:  # noqa: BLE001  (raised again where nothing handles it)
            failure = error
        else:
            if reply.application is None:
                return reply
            return Reply(NO_HEAD, application=handling(reply.application, handlers))
        return await handled(exchange, failure, handlers)

    return guard
