"""This module describes routes as they are reached through the routers that include them.

_RouterIncludeContext     what one inclusion adds: prefix, tags, dependencies, ...
_EffectiveRouteContext    a route with all that its inclusions add; has the attributes of an APIRoute
RouteContext              what `iter_route_contexts` yields: a route, seen through its inclusions if there are any
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any

from starlette.datastructures import URLPath
from starlette.responses import JSONResponse
from starlette.routing import (
    BaseRoute,
    Host,
    Match,
    Mount,
    NoMatchFound,
    Route,
    Router,
    WebSocketRoute,
    compile_path,
    replace_params,
)

from zonda.body_limit import BodyLimitMiddleware
from zonda.changes import declared
from zonda.datastructures import Default
from zonda.interpreter.replacements import current
from zonda.operations import FormLimits
from zonda.own_options import NOTHING, OwnOptions
from zonda.params import Depends
from zonda.routing.attributes import KEPT_AS_GIVEN, RARE
from zonda.routing.layers import Layer
from zonda.routing.limits import merged, nearest
from zonda.routing.route import APIRoute, _effective_route_context_var, runs_own_handler
from zonda.routing.websocket_route import APIWebSocketRoute
from zonda.seams import ASGIApp, Scope
from zonda.utils import generate_unique_id, get_value_or_default

_UNSET: Any = object()


@dataclass(eq=False)
class _RouterIncludeContext:
    """What an inclusion adds to each route of a router; parents' additions are combined in."""

    included_router: Any
    prefix: str = ""
    tags: list[str | Enum] = field(default_factory=list)
    dependencies: list[Depends] = field(default_factory=list)
    default_response_class: Any = field(default_factory=lambda: Default(JSONResponse))
    responses: dict[int | str, dict[str, Any]] = field(default_factory=dict)
    callbacks: list[BaseRoute] = field(default_factory=list)
    deprecated: bool | None = None
    include_in_schema: bool = True
    generate_unique_id_function: Any = field(default_factory=lambda: Default(generate_unique_id))
    strict_content_type: Any = field(default_factory=lambda: Default(True))
    dependency_overrides_provider: Any | None = None
    max_body_size: int | None = None
    form_limits: FormLimits = field(default_factory=lambda: FormLimits())
    own: OwnOptions = NOTHING
    layers: tuple[Layer, ...] = ()
    """What stands around the routes, from the router at the root inward."""

    @classmethod
    def for_include(cls, parent: Any, child: Any, added: _RouterIncludeContext) -> _RouterIncludeContext:
        """What `parent.include_router(child, ...)` adds: the parent's own settings, then those of the call."""
        return cls(
            included_router=child,
            prefix=parent.prefix + added.prefix,
            tags=[*parent.tags, *added.tags],
            dependencies=[*parent.dependencies, *added.dependencies],
            default_response_class=get_value_or_default(
                child.default_response_class, added.default_response_class, parent.default_response_class
            ),
            responses={**parent.responses, **added.responses},
            callbacks=[*parent.callbacks, *added.callbacks],
            deprecated=added.deprecated or parent.deprecated,
            include_in_schema=parent.include_in_schema and added.include_in_schema,
            generate_unique_id_function=get_value_or_default(
                child.generate_unique_id_function,
                added.generate_unique_id_function,
                parent.generate_unique_id_function,
            ),
            strict_content_type=get_value_or_default(child.strict_content_type, parent.strict_content_type),
            dependency_overrides_provider=parent.dependency_overrides_provider,
            max_body_size=nearest(child.max_body_size, added.max_body_size, parent.max_body_size),
            form_limits=merged(added.form_limits, child.form_limits),
            own=added.own.inside(parent.own),
            layers=(parent.layer, *added.layers),
        )

    def combine(self, child_context: _RouterIncludeContext) -> _RouterIncludeContext:
        """An inclusion inside this one."""
        child = child_context
        return replace(
            child,
            prefix=self.prefix + child.prefix,
            tags=[*self.tags, *child.tags],
            dependencies=[*self.dependencies, *child.dependencies],
            default_response_class=get_value_or_default(child.default_response_class, self.default_response_class),
            responses={**self.responses, **child.responses},
            callbacks=[*self.callbacks, *child.callbacks],
            deprecated=child.deprecated or self.deprecated,
            include_in_schema=self.include_in_schema and child.include_in_schema,
            generate_unique_id_function=get_value_or_default(
                child.generate_unique_id_function, self.generate_unique_id_function
            ),
            strict_content_type=get_value_or_default(child.strict_content_type, self.strict_content_type),
            dependency_overrides_provider=self.dependency_overrides_provider,
            max_body_size=nearest(child.max_body_size, self.max_body_size),
            form_limits=merged(self.form_limits, child.form_limits),
            own=child.own.inside(self.own),
            layers=(*self.layers, *child.layers),
        )

    def path_for(self, route: Any) -> str:
        return self.prefix + str(route.path)


class _EffectiveRouteContext:
    """A route as one inclusion offers it.

    An `APIRoute` is described anew under its whole path with all that was added; this happens when one of its
    attributes is first read. A route of Starlette's has a copy of itself under the longer path in `starlette_route`.
    """

    original_route: BaseRoute
    starlette_route: BaseRoute | None
    frontend_prefix: str
    is_app_replaced: bool
    changes: int

    def __init__(
        self,
        original_route: BaseRoute,
        include_context: _RouterIncludeContext,
        *,
        starlette_route: BaseRoute | None = None,
        frontend_prefix: str = "",
    ) -> None:
        state = vars(self)
        state["original_route"] = original_route
        state["starlette_route"] = starlette_route
        state["frontend_prefix"] = frontend_prefix
        state["is_app_replaced"] = False
        state["changes"] = 0
        state["_include_context"] = include_context
        if isinstance(original_route, APIRoute):
            # What the finder reads, so that a route is described only when a request or a person asks for more.
            state["path"] = include_context.path_for(original_route)
            state["methods"] = set(original_route.methods or ())
            if runs_own_handler(original_route):
                state["app"] = self._built_app()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or "_include_context" not in vars(self):
            raise AttributeError(name)
        if name == "app":
            app = vars(self)["app"] = self._built_app()
            return app
        if name == "path_regex" and isinstance(self.original_route, APIRoute):
            regex = vars(self)[name] = compile_path(self.path)[0]
            return regex
        if "dependant" not in vars(self):
            self._describe()
            if name in vars(self):
                return vars(self)[name]
        if name in RARE and isinstance(self.original_route, APIRoute):
            return RARE[name]
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def __setattr__(self, name: str, value: Any) -> None:
        vars(self)[name] = value
        if name == "app":
            vars(self)["is_app_replaced"] = True
        if name == "dependant" and (steps := vars(self).get("steps")):
            from zonda.analysis.steps import join_steps

            join_steps(value, steps)
        vars(self)["changes"] += 1
        declared.note()

    def _describe(self) -> None:
        route: Any = self.original_route
        context = self._include_context
        if isinstance(route, APIRoute):
            from zonda.routing.state import route_state

            vars(self).update(route_state(self, self.path, route.endpoint, _included_options(route, context)))
        else:
            vars(self).update(_starlette_state(self.starlette_route or route, context))

    def _built_app(self) -> ASGIApp:
        """The route step by step; its handler is built by the original route, which may have a class of its own."""
        token = _effective_route_context_var.set(self)
        try:
            original: Any = self.original_route
            app: ASGIApp = current("request_response")(original.get_route_handler())
            return app
        finally:
            _effective_route_context_var.reset(token)

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """What the route says of a request when it is reached through this inclusion."""
        if self.starlette_route is not None:
            return self.starlette_route.matches(scope)
        previous = _set_fastapi_scope_key(scope, "effective_route_context", self)
        try:
            return self.original_route.matches(scope)
        finally:
            _restore_fastapi_scope_key(scope, "effective_route_context", previous)

    async def handle(self, scope: Any, receive: Any, send: Any) -> None:
        """Let the route answer a request that it matched."""
        if self.starlette_route is not None:
            await self.starlette_route.handle(scope, receive, send)
            return
        _set_fastapi_scope_key(scope, "effective_route_context", self)
        await self.original_route.handle(scope, receive, send)

    def url_path_for(self, name: str, /, **path_params: Any) -> URLPath:
        if self.starlette_route is not None:
            return self.starlette_route.url_path_for(name, **path_params)
        if name != self.name or set(path_params) != set(self.param_convertors):
            raise NoMatchFound(name, path_params)
        path, _ = replace_params(self.path_format, self.param_convertors, path_params)
        return URLPath(path=path, protocol="http")

    def __repr__(self) -> str:
        return f"_EffectiveRouteContext(original_route={self.original_route!r})"


def _included_options(route: Any, context: _RouterIncludeContext) -> dict[str, Any]:
    """The route's options with what its inclusions add."""
    options = {name: getattr(route, name) for name in KEPT_AS_GIVEN}
    is_model_annotated = route.stream_item_type is not None
    return options | {
        "name": route.name,
        "methods": route.methods,
        "status_code": route.status_code,
        "description": route.description,
        "response_model": Default(None) if is_model_annotated else route.response_model,
        "stream_item_type": route.stream_item_type,
        "tags": [*context.tags, *route.tags],
        "dependencies": [*context.dependencies, *route.dependencies],
        "responses": {**context.responses, **route.responses},
        "callbacks": [*context.callbacks, *(route.callbacks or ())],
        "deprecated": route.deprecated or context.deprecated,
        "include_in_schema": route.include_in_schema and context.include_in_schema,
        "response_class": get_value_or_default(route.response_class, context.default_response_class),
        "generate_unique_id_function": get_value_or_default(
            route.generate_unique_id_function, context.generate_unique_id_function
        ),
        "strict_content_type": get_value_or_default(route.strict_content_type, context.strict_content_type),
        "dependency_overrides_provider": context.dependency_overrides_provider,
        "max_body_size": nearest(route.max_body_size, context.max_body_size),
        "form_limits": merged(context.form_limits, route.form_limits),
        **route.own.inside(context.own).keywords(),
    }


def _starlette_state(route: Any, context: _RouterIncludeContext) -> dict[str, Any]:
    """What a route without operation options still has, for those who walk routes."""
    return {
        "path": getattr(route, "path", ""),
        "path_format": getattr(route, "path_format", ""),
        "path_regex": getattr(route, "path_regex", None),
        "param_convertors": getattr(route, "param_convertors", {}),
        "name": getattr(route, "name", ""),
        "methods": getattr(route, "methods", None) or set(),
        "endpoint": getattr(route, "endpoint", None),
        "dependencies": getattr(route, "dependencies", []),
        "dependant": getattr(route, "dependant", None),
        "dependency_overrides_provider": context.dependency_overrides_provider,
        "max_body_size": context.max_body_size,
        "include_in_schema": getattr(route, "include_in_schema", True),
        "tags": [],
        "responses": {},
        "callbacks": None,
    }


@dataclass(frozen=True)
class RouteContext:
    """A route as a request reaches it. What this does not have itself is read from the route, in its included form."""

    route: BaseRoute
    _route_context: _EffectiveRouteContext | None = None

    @property
    def original_route(self) -> BaseRoute:
        """The route as it was declared, without what inclusions add."""
        return self.route

    @property
    def _effective_route(self) -> Any:
        context = self._route_context
        return self.route if context is None else (context.starlette_route or context)

    @property
    def path(self) -> str | None:
        return getattr(self._effective_route, "path", None)

    @property
    def path_format(self) -> str | None:
        return getattr(self._effective_route, "path_format", None)

    @property
    def name(self) -> str | None:
        return getattr(self._effective_route, "name", None)

    @property
    def methods(self) -> set[str] | None:
        return getattr(self._effective_route, "methods", None)

    @property
    def endpoint(self) -> Any | None:
        return getattr(self._effective_route, "endpoint", None)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._effective_route, name)


def effective(route: BaseRoute, context: _RouterIncludeContext) -> _EffectiveRouteContext | None:
    """A route, not an inclusion, seen through an inclusion; None for classes whose path nobody can prolong."""
    if isinstance(route, APIRoute):
        return _EffectiveRouteContext(route, context)
    prolonged = prolong(route, context)
    return None if prolonged is None else _EffectiveRouteContext(route, context, starlette_route=prolonged)


def own_route(speaker: Any) -> Any:
    """The route itself: one of ours as it was declared, one of Starlette's under its longer path."""
    if isinstance(speaker, APIRoute):  # packages copy all that a context has onto a route of their own
        return speaker
    return getattr(speaker, "starlette_route", None) or getattr(speaker, "original_route", speaker)


def prolong(route: BaseRoute, context: _RouterIncludeContext) -> BaseRoute | None:
    """A copy of a route of Starlette's under the longer path."""
    prefix = context.prefix
    if isinstance(route, APIWebSocketRoute):
        return APIWebSocketRoute(
            prefix + route.path,
            route.endpoint,
            name=route.name,
            dependencies=[*context.dependencies, *vars(route)["dependencies"]],
            dependency_overrides_provider=context.dependency_overrides_provider,
        )
    if isinstance(route, Route):
        copy = Route(
            prefix + route.path,
            route.endpoint,
            methods=list(route.methods or ()) or None,
            name=route.name,
            include_in_schema=route.include_in_schema and context.include_in_schema,
        )
        copy.app = _limited(route.app, context)
        return copy
    if isinstance(route, WebSocketRoute):
        websocket_copy = WebSocketRoute(prefix + route.path, route.endpoint, name=route.name)
        websocket_copy.app = route.app
        return websocket_copy
    if isinstance(route, Mount):
        mount = Mount(prefix + route.path, app=route._base_app, name=route.name)
        mount.app = _limited(route.app, context)
        return mount
    if isinstance(route, Host):
        inner = Router(routes=[Mount(prefix, app=route.app)]) if prefix else route.app
        return Host(route.host, app=_limited(inner, context), name=route.name)
    return None


def _limited(app: ASGIApp, context: _RouterIncludeContext) -> ASGIApp:
    return app if context.max_body_size is None else BodyLimitMiddleware(app, context.max_body_size)


def _set_fastapi_scope_key(scope: Scope, key: str, value: Any) -> Any:
    """Note something about this request's way through the routers; gives back what stood there."""
    fastapi_scope = scope.get("fastapi")
    if not isinstance(fastapi_scope, dict):
        fastapi_scope = scope["fastapi"] = {}
    previous = fastapi_scope.get(key, _UNSET)
    fastapi_scope[key] = value
    return previous


def _restore_fastapi_scope_key(scope: Scope, key: str, previous: Any) -> None:
    fastapi_scope = scope.get("fastapi")
    if not isinstance(fastapi_scope, dict):
        return
    if previous is _UNSET:
        fastapi_scope.pop(key, None)
    else:
        fastapi_scope[key] = previous


def _update_scope(scope: Scope, child_scope: Scope) -> None:
    """What a match adds to the scope; notes about the way through the routers are kept."""
    own, added = scope.get("fastapi"), child_scope.get("fastapi")
    scope.update(child_scope)
    if isinstance(own, dict) and isinstance(added, dict):
        scope["fastapi"] = {**own, **added}


def _iter_routes_with_context(
    routes: Sequence[BaseRoute],
) -> Iterator[tuple[BaseRoute, _EffectiveRouteContext | None]]:
    """Every route under `routes` in the order of matching, each with its included form if it is included."""
    for route in routes:
        contexts = getattr(route, "effective_route_contexts", None)
        if contexts is None:
            yield route, None
            continue
        for context in contexts():
            if isinstance(context.original_route, APIRoute):
                context.dependant  # noqa: B018  (described now: some copy all attributes)
            yield context.original_route, context


def iter_route_contexts(routes: Sequence[BaseRoute | RouteContext]) -> Iterator[RouteContext]:
    """Every route under `routes` with its whole path, tags and dependencies: the way to walk a tree of routers."""
    for route in routes:
        if isinstance(route, RouteContext):
            yield route
        else:
            for original, context in _iter_routes_with_context([route]):
                yield RouteContext(original, context)
