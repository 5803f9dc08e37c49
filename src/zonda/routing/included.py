"""This module holds the place of an included router in its parent's list of routes."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from starlette.datastructures import URLPath
from starlette.routing import BaseRoute, Match, NoMatchFound

from zonda.routing.contexts import (
    _EffectiveRouteContext,
    _RouterIncludeContext,
    _set_fastapi_scope_key,
    _update_scope,
    effective,
)
from zonda.routing.frontend import _FrontendRouteGroup, included_frontend
from zonda.seams import Receive, Scope, Send

if TYPE_CHECKING:
    from zonda.routing.router import APIRouter


@dataclass(eq=False)
class _IncludedRouter(BaseRoute):
    """A router and what its inclusion adds. The router stays as it is: routes added to it later are seen."""

    original_router: APIRouter
    include_context: _RouterIncludeContext
    _effective_routes_lock: Any = field(default_factory=threading.RLock, repr=False)
    _effective_candidates: list[Any] = field(default_factory=list)
    _effective_candidates_version: int | None = None
    _effective_low_priority_routes: list[_EffectiveRouteContext] = field(default_factory=list)
    _effective_low_priority_routes_version: int | None = None

    def effective_candidates(self) -> list[_EffectiveRouteContext | _IncludedRouter]:
        """The router's routes as this inclusion offers them, in order; made anew when the router changed."""
        version = self.original_router._get_routes_version()
        if version != self._effective_candidates_version:
            with self._effective_routes_lock:
                if version != self._effective_candidates_version:
                    self._effective_candidates = self._build_candidates()
                    self._effective_candidates_version = version
        return self._effective_candidates

    def effective_low_priority_routes(self) -> list[_EffectiveRouteContext]:
        """The same for the routes that are asked when no other matched."""
        version = self.original_router._get_routes_version()
        if version != self._effective_low_priority_routes_version:
            with self._effective_routes_lock:
                if version != self._effective_low_priority_routes_version:
                    self._effective_low_priority_routes = list(self._build_low_priority_routes())
                    self._effective_low_priority_routes_version = version
        return self._effective_low_priority_routes

    def _build_candidates(self) -> list[_EffectiveRouteContext | _IncludedRouter]:
        """Those of routes that were there before stay, with what was compiled for them."""
        known = {
            id(candidate.original_route): candidate
            for candidate in self._effective_candidates
            if isinstance(candidate, _EffectiveRouteContext)
        }
        candidates = (
            known.get(id(route)) or self._build_effective_context(route) for route in self.original_router.routes
        )
        return [candidate for candidate in candidates if candidate is not None]

    def _build_effective_context(self, route: BaseRoute) -> _EffectiveRouteContext | _IncludedRouter | None:
        if isinstance(route, _IncludedRouter):
            return _IncludedRouter(route.original_router, self.include_context.combine(route.include_context))
        return effective(route, self.include_context)

    def _build_low_priority_routes(self) -> Iterator[_EffectiveRouteContext]:
        for route in self.original_router._low_priority_routes:
            if isinstance(route, _FrontendRouteGroup):
                yield included_frontend(route, self.include_context)
            else:
                context = effective(route, self.include_context)
                if context is not None:
                    yield context
        for candidate in self.effective_candidates():
            if isinstance(candidate, _IncludedRouter):
                yield from candidate.effective_low_priority_routes()

    def effective_route_contexts(self) -> Iterator[_EffectiveRouteContext]:
        """All routes below this inclusion, those of routers included further down too."""
        for candidate in self.effective_candidates():
            if isinstance(candidate, _IncludedRouter):
                yield from candidate.effective_route_contexts()
            else:
                yield candidate

    # A request that walks the tree asks the router's own methods, which subclasses may override.

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        _set_fastapi_scope_key(scope, "included_router", self)
        return self.original_router.matches(scope)

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        _set_fastapi_scope_key(scope, "included_router", self)
        await self.original_router.handle(scope, receive, send)

    def _match(
        self, scope: Scope
    ) -> tuple[Match, Scope, BaseRoute | None, _EffectiveRouteContext | _IncludedRouter | None]:
        """The first full match below this inclusion, else the first partial one."""
        best: Any = (Match.NONE, {}, None, None)
        for candidate in self.effective_candidates():
            match, child_scope = candidate.matches(scope)
            if match is Match.NONE:
                continue
            route = candidate if isinstance(candidate, _IncludedRouter) else candidate.original_route
            if match is Match.FULL:
                return match, child_scope, route, candidate
            if best[0] is Match.NONE:
                best = (match, child_scope, route, candidate)
        return best  # type: ignore[no-any-return]  # as long as the declared tuple is

    async def _handle_selected(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let what matches below this inclusion answer."""
        _, child_scope, _, candidate = self._match(scope)
        if candidate is None:
            await self.original_router.default(scope, receive, send)
            return
        _update_scope(scope, child_scope)
        if not isinstance(candidate, _IncludedRouter):
            scope["route"] = candidate.starlette_route or candidate.original_route
        if isinstance(candidate, _IncludedRouter):
            await candidate.handle(scope, receive, send)
        else:
            from zonda.routing.built_layers import handle_within

            await handle_within(candidate, self.original_router, scope, receive, send)

    def url_path_for(self, name: str, /, **path_params: Any) -> URLPath:
        for candidate in self.effective_candidates():
            try:
                return candidate.url_path_for(name, **path_params)
            except NoMatchFound:
                continue
        raise NoMatchFound(name, path_params)


def _iter_included_route_candidates(routes: Sequence[BaseRoute]) -> Iterator[BaseRoute]:
    """The routes themselves, those of included routers as declared unless they are Starlette's."""
    for route in routes:
        if not isinstance(route, _IncludedRouter):
            yield route
            continue
        for context in route.effective_route_contexts():
            yield context.starlette_route or context.original_route
