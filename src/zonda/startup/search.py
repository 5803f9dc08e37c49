"""This module keeps an application's finder true to its routers: it is made anew when a route came or went.

The tree of included routers becomes one list in the order in which requests try them. A router or route whose class
decides by itself is one opaque item of that list, with all that is below it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from starlette.datastructures import URL
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse

from zonda.changes import matched
from zonda.compiler.finder import Entry, Finder, OpaqueEntry, PathEntry
from zonda.exception_handlers import http_exception_handler
from zonda.openapi.pages import PAGE_METHODS, Page
from zonda.problem_details import http_problem
from zonda.routing import APIRoute, APIRouter, _EffectiveRouteContext
from zonda.routing.contexts import own_route
from zonda.runtime.error_replies import own_reply
from zonda.runtime.results import reply_with
from zonda.seams import Exchange, Reply, Responder, Scope
from zonda.startup.layers import LayeredTarget, layered
from zonda.startup.opaque import Asker, decides_by_itself, speakers
from zonda.startup.surroundings import Surroundings
from zonda.startup.targets import ASGITarget, AskedTarget, CompiledTarget, Target, stepped
from zonda.telemetry import route_selected
from zonda.transport.handlers import Handlers


class Search:
    """Finds the target of a request; transport.dispatch.Search."""

    def __init__(self, surroundings: Surroundings, pages: Callable[[], Sequence[Page]]) -> None:
        self.surroundings = surroundings
        self.checked = -1
        self._pages = pages
        self._version: object = None
        self._targets: dict[int, tuple[Any, Target]] = {}
        self._has_low_priority = False
        self._missing = _Missing(None, surroundings)
        self.find: Callable[[Any], Target] = self._not_built

    def _not_built(self, exchange: Exchange) -> Target:
        raise RuntimeError("check() builds the finder before the first request.")

    def check(self, count: int) -> None:
        """Make the finder anew if the routers changed since it was made."""
        router = self.surroundings.router
        version = (router._get_routes_version(), matched.count, router.redirect_slashes, tuple(map(id, self._pages())))
        if version != self._version:
            before, self._targets = self._targets, {}
            first, last = self._page_entries(comes_first=True), self._page_entries(comes_first=False)
            entries = [*first, *self._entries(router.routes, before), *last]
            self.find = Finder(entries, self, redirect_slashes=router.redirect_slashes).find
            self._has_low_priority = any(True for _ in router._iter_low_priority_routes())
            self._version = version
        self.checked = count

    def targets(self) -> list[Target]:
        """What answers for each route that its path and methods decide about."""
        return [target for _, target in self._targets.values()]

    # What there is to find

    def _entries(self, routes: Sequence[Any], before: dict[int, tuple[Any, Target]]) -> Iterator[Entry[Target]]:
        for route in speakers(routes):
            own = own_route(route)
            if decides_by_itself(own):
                yield OpaqueEntry(Asker(route, self.surroundings, self.surroundings.around(route)).ask)
                continue
            speaker = route if isinstance(own, APIRoute) else own
            known = before.get(id(speaker))
            target = known[1] if known is not None else self._target(route, speaker)
            self._targets[id(speaker)] = speaker, target
            methods = None if speaker.methods is None else frozenset(speaker.methods)
            yield PathEntry(speaker.path, methods, target)

    def _target(self, route: Any, speaker: Any) -> Target:
        if isinstance(speaker, (APIRoute, _EffectiveRouteContext)):
            target: Target = CompiledTarget(speaker, self.surroundings)
        else:
            target = ASGITarget(speaker, self.surroundings)
        return layered(target, self.surroundings.around(route))

    def _page_entries(self, *, comes_first: bool) -> Iterator[Entry[Target]]:
        for page in self._pages():
            if page.comes_first is comes_first:
                yield PathEntry(page.path, frozenset(PAGE_METHODS), PageTarget(page, self.surroundings))

    # What answers when nothing was found: compiler.finder.Otherwise

    def refused(self, target: Target) -> Target:
        if isinstance(target, LayeredTarget):
            # Its middleware may know what to do with another method: CORS answers OPTIONS.
            refusal = _Refusal(target.target, self.surroundings)
            return layered(refusal, target.around)
        refusal = _Refusal(target, self.surroundings)
        refusal.handlers = target.handlers
        return refusal

    def redirected(self, exchange: Exchange, path: str) -> Target:
        return _Redirection(path, self)

    def low_priority(self, exchange: Exchange) -> Target | None:
        if not self._has_low_priority:
            return None
        router = self.surroundings.router
        scope = exchange.scope
        if exchange.path_params:
            scope["path_params"] = exchange.path_params
        found = router._match_low_priority(scope)
        if found is None:
            return None
        return layered(AskedTarget(*found, self.surroundings), self.surroundings.around(found[0]))

    def missing(self, exchange: Exchange) -> Target:
        return self._missing


class PageTarget(Target):
    """A page of the documentation."""

    def __init__(self, page: Page, surroundings: Surroundings) -> None:
        super().__init__(None, surroundings)
        self.page = page
        self.responder = page.respond

    @property
    def template(self) -> str:
        return self.page.path

    def publish(self, scope: Scope) -> None:
        scope["endpoint"] = self.page.respond
        self.surroundings.publish(scope)


class _Refusal(Target):
    """A path that has a route, but none for this method."""

    def __init__(self, target: Target, surroundings: Surroundings) -> None:
        super().__init__(target.route, surroundings)
        self.target = target

    @property
    def template(self) -> str | None:
        return self.target.template

    async def responder(self, exchange: Exchange) -> Reply:
        methods = getattr(self.target, "speaker", self.route).methods if self.route else PAGE_METHODS
        raise HTTPException(405, headers={"Allow": ", ".join(methods)})

    def publish(self, scope: Scope) -> None:
        self.target.publish(scope)


class _Redirection(Target):
    """A path that has a route with one slash more or less at its end."""

    has_values = False

    def __init__(self, path: str, search: Search) -> None:
        super().__init__(None, search.surroundings)
        self.path = path
        self.search = search

    def recorded(self, exchange: Exchange) -> Responder:
        """Telemetry names the route that the client is sent to."""
        scope, path, values = exchange.scope, exchange.path, exchange.path_params
        exchange.path = scope["path"] = self.path
        template = self.search.find(exchange).template
        exchange.path_params = values
        exchange.path = scope["path"] = path
        route_selected(scope, template)
        return self.responder

    async def responder(self, exchange: Exchange) -> Reply:
        url = URL(scope={**exchange.scope, "path": self.path})
        return reply_with(exchange, RedirectResponse(url=str(url)))

    def publish(self, scope: Scope) -> None:
        self.surroundings.publish(scope)


_OWN_DEFAULT = APIRouter.not_found
_NOT_FOUND = HTTPException(404)
_NOT_FOUND_REPLIES: dict[Any, Reply | None] = {
    handler: own_reply(handler, _NOT_FOUND) for handler in (http_exception_handler, http_problem)
}
"""PERF: what the framework's own handlers would answer, without raising an error for it (benchmark `not_found`)."""


class _Missing(Target):
    """Nothing: the router's `default`, which is Not Found unless it was replaced."""

    has_values = False

    def __init__(self, route: Any, surroundings: Surroundings) -> None:
        super().__init__(route, surroundings)
        self._known_default: Any = None
        """The framework's own, bound to the router."""
        self._handlers: Handlers | None = None
        self._reply: Reply | None = None

    async def responder(self, exchange: Exchange) -> Reply:
        default = self.surroundings.router.default
        if default is not self._known_default:
            if getattr(default, "__func__", None) is not _OWN_DEFAULT:
                return stepped(exchange, default)
            self._known_default = default
        if self._handlers is not self.surroundings.handlers:
            self._handlers = self.surroundings.handlers
            self._reply = _NOT_FOUND_REPLIES.get(self._handlers.handler_of(_NOT_FOUND))
        if self._reply is None:
            raise HTTPException(404)
        return self._reply

    def publish(self, scope: Scope) -> None:
        self.surroundings.publish(scope)
