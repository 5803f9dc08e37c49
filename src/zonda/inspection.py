"""This module says what was declared, planned and compiled, as plain objects for commands, checks and tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from starlette.routing import Host, Match, Mount, Route, WebSocketRoute

from zonda.analysis.findings import Finding, findings_of
from zonda.analysis.mistakes import Place
from zonda.analysis.plan import RoutePlan, WebSocketPlan
from zonda.analysis.planning import plan_route, plan_websocket
from zonda.compiler import responder_source, websocket_source
from zonda.middleware.rings import Ring
from zonda.routing import APIRoute, APIWebSocketRoute
from zonda.routing.contexts import own_route
from zonda.seams import Scope
from zonda.startup.opaque import decides_by_itself, speakers
from zonda.startup.surroundings import Surroundings
from zonda.startup.targets import why_stepped
from zonda.transport.handlers import Handlers

ONLY_ASGI = "answered through ASGI"


@dataclass(frozen=True)
class InspectedRoute:
    """One route as a request reaches it, with the prefixes of all routers around it."""

    kind: str
    """`http`, `websocket`, `mount`, `host`, `frontend`, `page` (documentation), or the class of another route."""
    methods: tuple[str, ...]
    """Sorted; empty where any method goes or none does."""
    path: str
    endpoint: str
    """`shop.items.read_item`"""
    why_not_native: str | None
    """What keeps requests for it from the native path; None if they take it."""
    speaker: Any
    """The route, or its form inside the routers that include it: has the attributes of an APIRoute."""
    rings: tuple[Ring, ...] = ()
    """The middleware of its routers, the outermost first."""
    handlers: Handlers | None = None
    """The exception handlers of its routers, from the innermost outwards to the application's."""

    @property
    def is_native(self) -> bool:
        return self.why_not_native is None


@dataclass(frozen=True)
class Explanation:
    """How one route answers; plan and source are None for what is not compiled."""

    route: InspectedRoute
    plan: RoutePlan | WebSocketPlan | None
    source: str | None


class NoRouteError(LookupError):
    """No route answers this request; `allowed` are the methods that the path has."""

    def __init__(self, method: str, path: str, allowed: Sequence[str]) -> None:
        self.allowed = tuple(allowed)
        reason = f"405: the path has {', '.join(allowed)}" if allowed else "404: no route matches"
        super().__init__(f"{method} {path} is answered with {reason}.")


def inspect_routes(app: Any) -> list[InspectedRoute]:
    """All routes in the order in which requests try them; the documentation's pages come last."""
    found = app.native_pipeline()
    obstacle = found if isinstance(found, str) else None
    surroundings = app.built_stack().search.surroundings
    routes = [described(speaker, obstacle, surroundings) for speaker in speakers(app.router.routes)]
    routes += [
        described(route, obstacle, surroundings, kind="frontend") for route in app.router._iter_low_priority_routes()
    ]
    routes += [InspectedRoute("page", ("GET", "HEAD"), page.path, page.name, obstacle, page) for page in app._pages]
    return routes


def findings(app: Any) -> list[Finding]:
    """What FastAPI accepts and is a mistake all the same, each where it is met first, in the order of the routes."""
    routes = [
        own_route(it) if isinstance(own_route(it), APIWebSocketRoute) else it for it in speakers(app.router.routes)
    ]
    declared = [route for route in routes if isinstance(own_route(route), (APIRoute, APIWebSocketRoute))]
    found: dict[tuple[str, Place], Finding] = {}
    for finding in (finding for route in declared for finding in findings_of(route)):
        found.setdefault((finding.what, finding.place), finding)
    return list(found.values())


def explain(app: Any, method: str, path: str) -> Explanation:
    """How the application answers a request, or a websocket for the method `WEBSOCKET`.

    Raises NoRouteError when no route does.
    """
    method, path = method.upper(), path.partition("?")[0] or "/"
    scope = request_scope(app, method, path)
    allowed: set[str] = set()
    for route in inspect_routes(app):
        if route.kind == "page":
            match = Match.FULL if route.path == path and method in route.methods else Match.NONE
        else:
            match, _ = route.speaker.matches(dict(scope))
        if match is Match.FULL:
            return explanation(route)
        if match is Match.PARTIAL:
            allowed.update(route.methods)
    raise NoRouteError(method, path, sorted(allowed))


def explanation(route: InspectedRoute) -> Explanation:
    own = own_route(route.speaker)
    if isinstance(own, APIRoute):
        plan = plan_route(route.speaker)
        return Explanation(route, plan, responder_source(plan))
    if isinstance(own, APIWebSocketRoute):
        websocket = plan_websocket(own)
        return Explanation(route, websocket, websocket_source(websocket))
    return Explanation(route, None, None)


def request_scope(app: Any, method: str, path: str) -> Scope:
    kind = {"type": "websocket"} if method == "WEBSOCKET" else {"type": "http", "method": method}
    return {**kind, "path": unquote(path), "root_path": "", "query_string": b"", "headers": [], "app": app}


def described(
    speaker: Any, obstacle: str | None, surroundings: Surroundings, kind: str | None = None
) -> InspectedRoute:
    own = own_route(speaker)
    methods = tuple(sorted(getattr(speaker, "methods", None) or ()))
    path = getattr(own if isinstance(own, WebSocketRoute | Mount) else speaker, "path", "")
    around = surroundings.around(speaker)
    rings, handlers = ((), surroundings.handlers) if around is None else (around.rings, around.handlers)
    reason = why_not(speaker, obstacle or only_asgi(rings))
    return InspectedRoute(kind or kind_of(own), methods, path, endpoint_name(own), reason, speaker, rings, handlers)


def only_asgi(rings: tuple[Ring, ...]) -> str | None:
    """Which middleware of its routers keeps a route from the native path."""
    unknown = next((ring.name for ring in rings if ring.wrap is None), None)
    return None if unknown is None else f"the middleware {unknown} of its router speaks only ASGI"


def kind_of(route: Any) -> str:
    kinds = {Route: "http", WebSocketRoute: "websocket", Mount: "mount", Host: "host"}
    return next((name for cls, name in kinds.items() if isinstance(route, cls)), type(route).__name__)


def endpoint_name(route: Any) -> str:
    endpoint = getattr(route, "endpoint", None)
    found: Any = endpoint if endpoint is not None else getattr(route, "app", route)
    named = found if hasattr(found, "__qualname__") else type(found)
    return f"{named.__module__}.{named.__qualname__}"


def why_not(speaker: Any, obstacle: str | None) -> str | None:
    own = own_route(speaker)
    if obstacle is not None:
        return obstacle
    if not isinstance(own, Route):
        return f"a {kind_of(own)} is {ONLY_ASGI}"
    if decides_by_itself(own):
        return f"{type(own).__name__} decides by itself what it matches"
    if not isinstance(own, APIRoute):
        return f"{type(own).__name__} is {ONLY_ASGI}"
    return why_stepped(speaker)
