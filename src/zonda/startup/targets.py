"""This module gives each route the function that answers for it, compiled when it is first needed.

    Target                 asked by its path and methods alone
    ├── CompiledTarget     an operation: its plan as one function
    ├── ASGITarget         a route of Starlette's
    └── AskedTarget        a route that decides by itself, with what it said about one request

A target stays as long as its route. Its function is made anew when the route or its dependencies were changed,
and another one is kept for each set of dependency overrides.
"""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from dataclasses import replace
from typing import Any

from starlette.routing import Mount

from zonda.analysis.overriding import installs_overrides
from zonda.analysis.plan import BodyEncoding, RoutePlan
from zonda.analysis.planning import plan_route
from zonda.changes import declared
from zonda.concurrency.threadpool import is_replaced as threads_are_replaced
from zonda.interpreter.replacements import replaced_names
from zonda.interpreter.stacks import wanted
from zonda.interpreter.steps import stepped_exchange
from zonda.operations import FormLimits
from zonda.overrides import provider_to_ask
from zonda.own_options import NOTHING
from zonda.routing import APIRoute, APIWebSocketRoute, _EffectiveRouteContext, _update_scope
from zonda.routing.contexts import own_route
from zonda.routing.limits import merged
from zonda.seams import Exchange, Head, Reply, Responder, Scope
from zonda.startup.guards import guarded_application, is_guarded
from zonda.startup.limits import limit_body, publish_limit
from zonda.startup.surroundings import Surroundings
from zonda.startup.variants import Variants
from zonda.telemetry import route_selected
from zonda.transport.handlers import Handlers
from zonda.transport.refused_bodies import within_limit

NO_HEAD = Head(200)
"""The head of a reply that an application sends: it says nothing."""


class Target:
    """What a request finds; the attributes are those of transport.dispatch.Target.

    PERF: what every request reads and instances have has no default on the class, where CPython would look first
    (benchmark `hello`).
    """

    has_values = True
    responder: Responder
    handlers: Handlers | None = None
    """The exception handlers of its routers, inside the application's."""

    def __init__(self, route: Any, surroundings: Surroundings) -> None:
        self.route = route
        self.surroundings = surroundings
        self.provider: Any = None
        self.checked = -1

    def check(self, count: int) -> None:
        self.checked = count

    def overridden(self, overrides: Mapping[Any, Any]) -> Responder:
        return self.responder

    def prepare(self) -> None:
        """Do now what the first request would have to wait for."""

    @property
    def template(self) -> str | None:
        """The path as telemetry names it; None for what has none."""
        template: str | None = getattr(self.route, "path_format", None)
        return template

    def tell_telemetry(self, scope: Scope) -> None:
        """Name what was found."""
        route_selected(scope, self.template, mount=isinstance(self.route, Mount))

    def recorded(self, exchange: Exchange) -> Responder:
        """What answers while telemetry records the request, which is told what was found."""
        self.tell_telemetry(exchange.scope)
        return self.responder

    def publish(self, scope: Scope) -> None:
        """Write into a scope what was found: its endpoint, and the route if it is one of ours."""
        endpoint = getattr(self.route, "endpoint", None)
        if endpoint is not None:
            scope["endpoint"] = endpoint
        self.surroundings.publish(scope, self.handlers)


class OperationTarget(Target):
    """An operation, or its included form: `speaker` is what it is described by."""

    def __init__(self, speaker: Any, surroundings: Surroundings) -> None:
        super().__init__(own_route(speaker), surroundings)
        self.speaker = speaker
        self.inclusion = speaker if isinstance(speaker, _EffectiveRouteContext) else None

    @property
    def template(self) -> str | None:
        template: str = self.speaker.path_format
        return template

    def publish(self, scope: Scope) -> None:
        super().publish(scope)
        scope["route"] = self.route
        scope["endpoint"] = self.speaker.endpoint
        if self.inclusion is not None:
            scope["fastapi"] = {
                **scope.get("fastapi", {}),
                "included_router": self.inclusion._include_context.included_router,
                "effective_route_context": self.inclusion,
            }


class CompiledTarget(OperationTarget):
    """An operation whose plan is compiled; run step by step while a tool replaces what would be compiled in."""

    def __init__(self, speaker: Any, surroundings: Surroundings) -> None:
        super().__init__(speaker, surroundings)
        self._version = -1
        self._variants = Variants(self._variant)
        self.responder = self._compile_and_respond

    def check(self, count: int) -> None:
        version = version_of(self.speaker)
        if version != self._version:
            self._version = version
            self._variants.clear()
            self.responder = self._compile_and_respond
        self.provider = provider_to_ask(self.speaker.dependency_overrides_provider)
        if why_stepped(self.speaker) is not None:
            self.provider = None
            self.responder = self._step
        elif self.responder == self._step:
            self._version = -1
            self.check(count)
        self.checked = count

    def prepare(self) -> None:
        self.check(declared.count)
        if self.responder == self._compile_and_respond:
            self.responder = self._responder(plan_route(self.speaker))
        if isinstance(self.responder, FormResponder):
            self.responder.within(self.surroundings.router.form_limits)

    async def _compile_and_respond(self, exchange: Exchange) -> Reply:
        self.responder = self._responder(plan_route(self.speaker))
        return await self.responder(exchange)

    def recorded(self, exchange: Exchange) -> Responder:
        """Step by step, since telemetry has a span for each."""
        super().recorded(exchange)
        return self._step

    async def _step(self, exchange: Exchange) -> Reply:
        limit_body(exchange, self.speaker.max_body_size)
        app, own = self.speaker.app, self.speaker.own
        reply = stepped(exchange, guarded_application(own, app, exchange) if is_guarded(own) else app)
        return await within_limit(exchange, reply)

    def overridden(self, overrides: Mapping[Any, Any]) -> Responder:
        return self._variants.of(overrides)

    def _variant(self, overrides: Mapping[Any, Any]) -> Responder:
        return self._responder(plan_route(self.speaker, overrides))

    def _responder(self, plan: RoutePlan) -> Responder:
        if plan.body is None or plan.body.encoding is not BodyEncoding.FORM:
            return self.surroundings.responder(plan)
        return FormResponder(plan, self.speaker.form_limits, self.surroundings)


class FormResponder:
    """Reads a form within the limits of the route, else of its application, else of those it is mounted in."""

    def __init__(self, plan: RoutePlan, own_limits: FormLimits, surroundings: Surroundings) -> None:
        self._plan = plan
        self._own_limits = own_limits
        self._surroundings = surroundings
        self._by_outer: dict[tuple[tuple[str, Any], ...], Responder] = {}

    def __call__(self, exchange: Exchange) -> Awaitable[Reply]:
        notes = None if exchange.made_scope is None else exchange.made_scope.get("fastapi")
        outer = notes.get("form_limits") if isinstance(notes, dict) else None
        return self.within(outer or self._surroundings.router.form_limits)(exchange)

    def within(self, outer: FormLimits) -> Responder:
        """The function for these limits around the route."""
        key = tuple(outer.items())
        respond = self._by_outer.get(key)
        if respond is None:
            body = replace(self._plan.body, form_limits=merged(outer, self._own_limits))  # type: ignore[type-var]
            respond = self._by_outer[key] = self._surroundings.responder(replace(self._plan, body=body))
        return respond


def version_of(speaker: Any) -> int:
    """A number that grows with every change of a route, of its dependency tree or of what its scope has to hold."""
    return int(speaker.changes + speaker.dependant.tree_version() + wanted.count)


def why_stepped(speaker: Any) -> str | None:
    """Why a route is not answered by what was compiled, in words for `explain`; None if it is."""
    route = own_route(speaker)
    if speaker.is_app_replaced:
        return "its `app` was replaced"
    if type(route).get_route_handler is not APIRoute.get_route_handler or "get_route_handler" in vars(route):
        return f"{type(route).__name__} has a `get_route_handler` of its own"
    if installs_overrides(speaker.dependant):
        return "a dependency of it installs overrides"
    if threads_are_replaced():
        return "starlette.concurrency.run_in_threadpool was replaced"
    names = replaced_names()
    return f"{', '.join(sorted(names))} of zonda.routing replaced" if names else None


def stepped(exchange: Exchange, app: Any) -> Reply:
    """The reply that an ASGI application gives, in the scope of what was found."""
    publish_limit(exchange, exchange.scope)
    stepped_exchange.set(exchange)
    return Reply(NO_HEAD, application=app)


class ASGITarget(Target):
    """A route of Starlette's that its path and methods decide about."""

    async def responder(self, exchange: Exchange) -> Reply:
        return stepped(exchange, self.route.app)


class AskedTarget(Target):
    """A route that decided by itself about one request, and what it then said of the scope."""

    has_values = False

    def __init__(self, asked: Any, child_scope: Scope, surroundings: Surroundings) -> None:
        super().__init__(own_route(asked), surroundings)
        self.asked = asked
        self.child_scope = child_scope

    async def responder(self, exchange: Exchange) -> Reply:
        app, own = self.asked.handle, getattr(self.asked, "own", NOTHING)
        return stepped(exchange, guarded_application(own, app, exchange) if is_guarded(own) else app)

    def publish(self, scope: Scope) -> None:
        if isinstance(self.route, (APIRoute, APIWebSocketRoute)):
            scope["route"] = self.route
        self.surroundings.publish(scope, self.handlers)
        _update_scope(scope, self.child_scope)
