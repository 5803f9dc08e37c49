"""This module finds and runs what answers a websocket: compiled like operations, always over ASGI."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

from starlette._exception_handler import wrap_app_handling_exceptions
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocketDisconnect

from zonda.analysis.overriding import installs_overrides
from zonda.analysis.planning import plan_websocket
from zonda.changes import declared
from zonda.compiler import compile_websocket
from zonda.compiler.finder import Entry, Finder, OpaqueEntry, PathEntry
from zonda.interpreter.replacements import replaced_names
from zonda.overrides import overrides_of
from zonda.routing import APIRoute, APIWebSocketRoute
from zonda.routing.built_layers import Layers
from zonda.routing.contexts import own_route
from zonda.seams import Receive, Scope, Send, WebSocketResponder
from zonda.startup.opaque import Asker, speakers, websocket_decides_by_itself
from zonda.startup.stacks import needs_stacks, session_with_stacks
from zonda.startup.surroundings import Surroundings
from zonda.startup.targets import AskedTarget, Target, version_of
from zonda.startup.variants import Variants
from zonda.telemetry import is_recording
from zonda.transport.exchange import WebSocketExchange

METHOD = "WEBSOCKET"
"""What stands for the method where routes are found; a websocket's opening request is always GET."""


class _Connection(WebSocketExchange):
    """A websocket as the finder needs it."""

    method = METHOD


class WebSocketTarget(Target):
    """A websocket route with its compiled function."""

    def __init__(self, route: Any, surroundings: Surroundings) -> None:
        super().__init__(route, surroundings)
        self._version = -1
        self._plain: WebSocketResponder | None = None
        self._variants = Variants(self._compiled)
        self.is_stepped = False
        """Someone replaced what would be compiled in, or a dependency replaces others."""

    def check(self, count: int) -> None:
        version = version_of(self.route)
        if version != self._version:
            self._version = version
            self._plain = None
            self._variants.clear()
        route = self.route
        self.is_stepped = route.is_app_replaced or bool(replaced_names()) or installs_overrides(route.dependant)
        self.checked = count

    def publish(self, scope: Scope) -> None:
        super().publish(scope)
        scope["route"] = self.route

    def prepare(self) -> None:
        self.check(declared.count)
        if not self.is_stepped:
            self.responder_for()

    def responder_for(self) -> WebSocketResponder:
        overrides = overrides_of(self.route.dependency_overrides_provider)
        if not overrides:
            if self._plain is None:
                self._plain = self._compiled(None)
            return self._plain
        return self._variants.of(overrides)

    def _compiled(self, overrides: Mapping[Any, Any] | None) -> WebSocketResponder:
        plan = plan_websocket(self.route, overrides)
        respond = compile_websocket(plan, self.surroundings.threads, self.surroundings.app_scope)
        return session_with_stacks(respond) if needs_stacks(plan) else respond


class WebSocketSearch:
    """The websocket routes of an application."""

    def __init__(self, surroundings: Surroundings) -> None:
        self.surroundings = surroundings
        self._checked = -1
        self._version: object = None
        self._finder: Finder[Target | None] | None = None
        self._targets: list[Target] = []
        self._around: dict[int, Layers] = {}
        """What stands around targets, by their identity."""

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the route that this websocket is for. That its client left is no error where that is corrected."""
        if not self.surroundings.corrections:
            await self._answer(scope, receive, send)
            return
        with suppress(WebSocketDisconnect):
            await self._answer(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The error step of a route is that of Starlette's routes."""
        connection = _Connection(scope, receive, send)
        target = self._find(connection)
        if target is None:
            await self.surroundings.router.default(scope, receive, send)
            return
        connection.route, connection.found = target.route, target
        connection.publish()
        if is_recording(scope):
            target.tell_telemetry(scope)
        around = self._around.get(id(target)) or self._around_asked(target)
        if around is None:
            await run(target, connection)
            return

        async def run_inside(scope: Scope, receive: Receive, send: Send) -> None:
            inner = _Connection(scope, receive, send)
            inner.route, inner.found = target.route, target
            await run(target, inner)

        is_own = isinstance(target.route, WebSocketRoute)
        await around.app(run_inside, handles_errors=is_own)(scope, receive, send)

    def _around_asked(self, target: Target) -> Layers | None:
        return self.surroundings.around(target.asked) if isinstance(target, AskedTarget) else None

    def check(self, count: int) -> None:
        """Make the finder anew if the routers changed since it was made."""
        version = self.surroundings.router._get_routes_version()
        if self._finder is None or version != self._version:
            self._targets.clear()
            self._around.clear()
            self._finder = Finder(self._entries(self.surroundings.router.routes), self, redirect_slashes=False)
            self._version = version
        self._checked = count

    def targets(self) -> list[Target]:
        """What answers for each route that its path decides about."""
        return list(self._targets)

    def _find(self, connection: Any) -> Target | None:
        if self._finder is None or self._checked != declared.count:
            self.check(declared.count)
        assert self._finder is not None
        return self._finder.find(connection)

    def _entries(self, routes: Sequence[Any]) -> Iterator[Entry[Target | None]]:
        for route in speakers(routes):
            own = own_route(route)
            if not websocket_decides_by_itself(own):
                yield PathEntry(own.path, frozenset({METHOD}), self._target(own, route))
            elif not isinstance(own, APIRoute):
                yield OpaqueEntry(Asker(route, self.surroundings).ask)

    def _target(self, route: WebSocketRoute, speaker: Any) -> Target:
        kind = WebSocketTarget if isinstance(route, APIWebSocketRoute) else Target
        target = kind(route, self.surroundings)
        around = self.surroundings.around(speaker)
        if around is not None:
            self._around[id(target)] = around
        self._targets.append(target)
        return target

    # What answers when nothing was found: compiler.finder.Otherwise

    def refused(self, target: Target | None) -> Target | None:
        return target

    def redirected(self, exchange: Any, path: str) -> Target | None:
        return None

    def low_priority(self, exchange: Any) -> Target | None:
        return None

    def missing(self, exchange: Any) -> Target | None:
        return None


async def run(target: Target, connection: _Connection) -> None:
    """Give a websocket to what was found, compiled or step by step."""
    scope, receive, send = connection.scope, connection.receive, connection.send
    if isinstance(target, AskedTarget):
        await target.asked.handle(scope, receive, send)
        return
    if target.checked != declared.count:
        target.check(declared.count)
    if is_recording(scope) or not isinstance(target, WebSocketTarget) or target.is_stepped:
        await target.route.handle(scope, receive, send)
        return

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        await respond_and_finish(connection, target.responder_for())

    await wrap_app_handling_exceptions(answer, connection.websocket)(scope, receive, send)


async def respond_and_finish(connection: WebSocketExchange, respond: WebSocketResponder) -> None:
    """Run the function and leave what it opened, whatever it raised."""
    try:
        await respond(connection)
    except BaseException as error:  # noqa: BLE001  (the exits have to see it; finish raises what is left)
        await connection.finish(error)
    else:
        await connection.finish()
