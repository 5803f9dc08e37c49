"""This module holds what all routes of one application have around them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from zonda.analysis.plan import ResultKind, RoutePlan
from zonda.compiler import compile_responder
from zonda.concurrency.limits import ThreadSettings
from zonda.middleware.apart import apart
from zonda.routing import APIRouter, _IncludedRouter
from zonda.routing.built_layers import BuiltLayers, Layers
from zonda.routing.limits import merged
from zonda.runtime.app_scope import AppScope
from zonda.seams import Exchange, Reply, Responder, Scope
from zonda.startup.guards import guarded, guarded_elsewhere, is_guarded
from zonda.startup.limits import limit_body
from zonda.startup.stacks import needs_stacks, with_stacks
from zonda.transport.handlers import Handlers, publish_handlers
from zonda.transport.refused_bodies import within_limit


@dataclass(slots=True)
class Surroundings:
    """The router at the root of the tree and the exception handlers of the stack."""

    router: APIRouter
    threads: ThreadSettings
    app_scope: AppScope
    handlers: Handlers = field(default_factory=Handlers)
    layers: BuiltLayers = field(default_factory=BuiltLayers)
    corrections: bool = False
    """What FastAPI has wrong is put right."""

    def around(self, speaker: Any) -> Layers | None:
        """What its routers put around a route. One that walks its own tree does so for each route in it."""
        if isinstance(speaker, _IncludedRouter):
            return None
        return self.layers.around(speaker, self.router, self.handlers)

    def publish(self, scope: Scope, handlers: Handlers | None = None) -> None:
        """Write into a scope what every request of this application finds there."""
        scope.setdefault("router", self.router)
        publish_handlers(scope, handlers or self.handlers)
        if self.router.form_limits:
            notes = scope.get("fastapi")
            inherited = notes.get("form_limits") if isinstance(notes, dict) else None
            scope["fastapi"] = {**(notes or {}), "form_limits": merged(inherited, self.router.form_limits)}

    def responder(self, plan: RoutePlan) -> Responder:
        """The plan as a function, within its body limit and its deadline."""
        respond = compile_responder(plan, self.threads, self.app_scope)
        has_stacks = needs_stacks(plan)
        if has_stacks:
            respond = with_stacks(respond)
        plain = respond
        if is_guarded(plan.own):
            respond = guarded(plan.own, respond)
        if has_stacks or plan.has_request_scope or plan.response.kind is not ResultKind.VALUE:
            respond = apart(respond)
        if is_guarded(plan.own):
            respond = guarded_elsewhere(plan.own, respond, plain)
        return respond if plan.max_body_size is None else limited(respond, plan.max_body_size)


def limited(respond: Responder, limit: int) -> Responder:
    async def respond_within_limit(exchange: Exchange) -> Reply:
        limit_body(exchange, limit)
        return await within_limit(exchange, await respond(exchange))

    return respond_within_limit
