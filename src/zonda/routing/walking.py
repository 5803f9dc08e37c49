"""This module lets a router answer by itself: a walk over its tree in Starlette's way, and its lifespan.

Applications answer from a finder instead; this is for routers that are mounted or called as ASGI applications, and
for subclasses that put themselves between an inclusion and its routes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from starlette._utils import get_route_path, is_async_callable
from starlette.applications import Starlette
from starlette.datastructures import URL, URLPath
from starlette.responses import RedirectResponse
from starlette.routing import BaseRoute, Match, NoMatchFound, Router
from typing_extensions import deprecated

from zonda.logger import logger
from zonda.operations import Decorator, Endpoint, FormLimits
from zonda.routing.app_scope import with_app_scope
from zonda.routing.contexts import _set_fastapi_scope_key, _update_scope, own_route
from zonda.routing.drains import Drains
from zonda.routing.frontend import specificity
from zonda.routing.included import _IncludedRouter
from zonda.routing.lifespan import mounted_applications, with_mounted
from zonda.routing.limits import merged
from zonda.seams import ASGIApp, Receive, Scope, Send

ON_EVENT_IS_DEPRECATED = (
    "on_event is deprecated, use lifespan event handlers instead. "
    "One function then starts what the application needs and ends it."
)


NOT_RUN = (
    "The lifespans of the applications mounted at %s are not run, as on FastAPI. "
    "Mount them with `lifespan=True`, or pass their lifespan to the application that mounts them."
)


class WalkedRouter(Router):
    """What a router does with requests that reach it by themselves."""

    form_limits: FormLimits
    on_startup: list[Callable[[], Any]]
    on_shutdown: list[Callable[[], Any]]
    _low_priority_routes: list[BaseRoute]
    mounted_to_run: list[ASGIApp]
    drains: Drains
    """What is started around the lifespan; an application's own, routers that it includes have none."""
    runs_mounted_lifespans = False
    """The lifespans of mounted applications run too: `Zonda(corrections=True)`."""
    page_paths: Callable[[], Mapping[str, str]] = dict
    """Names and paths of documentation pages, which are no routes."""

    def url_path_for(self, name: str, /, **path_params: Any) -> URLPath:
        try:
            return super().url_path_for(name, **path_params)
        except NoMatchFound:
            if not path_params and (path := self.page_paths().get(name)) is not None:
                return URLPath(path, protocol="http")
            raise

    async def app(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Find the route that answers and let it: what a router does when it is mounted as an ASGI application."""
        if "router" not in scope:
            scope["router"] = self
        if scope["type"] == "lifespan":
            await self.lifespan(scope, receive, send)
            return
        if self.form_limits:
            inherited = (scope.get("fastapi") or {}).get("form_limits")
            _set_fastapi_scope_key(scope, "form_limits", merged(inherited, self.form_limits))
        found = self._first_match(scope)
        if found is None and self._has_with_other_slash(scope):
            await RedirectResponse(url=str(URL(scope=with_other_slash(scope))))(scope, receive, send)
            return
        found = found or self._match_low_priority(scope)
        if found is None:
            await self.default(scope, receive, send)
            return
        route, child_scope = found
        scope["route"] = own_route(route)
        _update_scope(scope, child_scope)
        if isinstance(route, _IncludedRouter):
            await route.handle(scope, receive, send)
        else:
            from zonda.routing.built_layers import handle_within

            await handle_within(route, self, scope, receive, send)

    def _first_match(self, scope: Scope) -> tuple[BaseRoute, Scope] | None:
        partial = None
        for route in self.routes:
            match, child_scope = route.matches(scope)
            if match is Match.FULL:
                return route, child_scope
            if match is Match.PARTIAL and partial is None:
                partial = route, child_scope
        return partial

    def _has_with_other_slash(self, scope: Scope) -> bool:
        if scope["type"] != "http" or not self.redirect_slashes or get_route_path(scope) == "/":
            return False
        other = with_other_slash(scope)
        return any(route.matches(other)[0] is not Match.NONE for route in self.routes)

    def _iter_low_priority_routes(self) -> Iterator[BaseRoute]:
        yield from self._low_priority_routes
        for route in self.routes:
            if isinstance(route, _IncludedRouter):
                yield from route.effective_low_priority_routes()  # type: ignore[misc]  # they match and handle

    def _match_low_priority(self, scope: Scope) -> tuple[BaseRoute, Scope] | None:
        """The first that matches; among frontends the one with the longest path."""
        best: tuple[BaseRoute, Scope] | None = None
        for route in self._iter_low_priority_routes():
            match, child_scope = route.matches(scope)
            if match is Match.NONE:
                continue
            if specificity(child_scope) is None:
                return best or (route, child_scope)
            if best is None or self._frontend_match_is_more_specific(child_scope, best[1]):
                best = route, child_scope
        return best

    def _frontend_match_is_more_specific(self, child_scope: Scope, previous_child_scope: Scope) -> bool:
        return (specificity(child_scope) or 0) > (specificity(previous_child_scope) or 0)

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """What the router's routes say of a request, where it is included; override it to refuse requests."""
        included = self._inclusion(scope)
        if included is None:
            return Match.NONE, {}
        match, child_scope, _, _ = included._match(scope)
        # Where the path is split is said again by `handle`, which looks for the same route with the whole path.
        return match, {key: value for key, value in child_scope.items() if key not in ("root_path", "app_root_path")}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the route that matches answer, where the router is included; override it to be told of requests."""
        included = self._inclusion(scope)
        if included is None:
            await self.app(scope, receive, send)
        else:
            await included._handle_selected(scope, receive, send)

    def _inclusion(self, scope: Scope) -> _IncludedRouter | None:
        notes = scope.get("fastapi")
        included = notes.get("included_router") if isinstance(notes, dict) else None
        return included if isinstance(included, _IncludedRouter) and included.original_router is self else None

    # Lifespan

    async def lifespan(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the lifespan, and inside it those of mounted applications that were asked for."""
        own = self.lifespan_context
        whole = self.drains.around(with_app_scope(self, own))
        mounted = mounted_applications(self.routes)
        running: list[tuple[str, Starlette]] = []
        left: list[tuple[str, Starlette]] = []
        for path, app in mounted.items():
            is_asked = self.runs_mounted_lifespans or any(app is item for item in self.mounted_to_run)
            is_passed_on = app.router.lifespan_context == own
            (running if is_asked and not is_passed_on else left).append((path, app))
        if left:
            logger.warning(NOT_RUN, ", ".join(path for path, _ in left))
        unique = list({id(app): app for _, app in running}.values())
        with self.drains.closed():
            if not running and whole is own:
                await super().lifespan(scope, receive, send)
            else:
                await Router(lifespan=with_mounted(whole, unique)).lifespan(scope, receive, send)

    async def _startup(self) -> None:
        for handler in self.on_startup:
            await handler() if is_async_callable(handler) else handler()

    async def _shutdown(self) -> None:
        for handler in self.on_shutdown:
            await handler() if is_async_callable(handler) else handler()

    def add_event_handler(self, event_type: str, func: Callable[[], Any]) -> None:
        """Run a function at `startup` or at `shutdown`."""
        if event_type not in ("startup", "shutdown"):
            raise AssertionError(f"An event is 'startup' or 'shutdown', not {event_type!r}.")
        (self.on_startup if event_type == "startup" else self.on_shutdown).append(func)

    @deprecated(ON_EVENT_IS_DEPRECATED)
    def on_event(self, event_type: str) -> Decorator:
        """Run the decorated function at `startup` or at `shutdown`."""

        def decorate(function: Endpoint) -> Endpoint:
            self.add_event_handler(event_type, function)
            return function

        return decorate


def with_other_slash(scope: Scope) -> Scope:
    path = scope["path"]
    return {**scope, "path": path.rstrip("/") if path.endswith("/") else path + "/"}
