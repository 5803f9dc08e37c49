"""This module holds APIRouter: operations that belong together, and the routers included among them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from enum import Enum
from types import ModuleType
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from typing_extensions import Unpack

from zonda.analysis.foreign import refuse_foreign
from zonda.analysis.mistakes import Mistake
from zonda.changes import declared
from zonda.datastructures import Default
from zonda.exceptions import FastAPIError
from zonda.operations import (
    AddedRouteOptions,
    Decorator,
    Endpoint,
    FormLimits,
    Operations,
    RouteOptions,
    operation,
    with_router_keywords,
)
from zonda.own_options import OwnOptions, RouterKeywords
from zonda.params import Depends
from zonda.routing.contexts import _RouterIncludeContext, iter_route_contexts
from zonda.routing.drains import Drains
from zonda.routing.frontend import CheckDir, Fallback, PathLike, _FrontendRouteGroup, resolved_check_dir
from zonda.routing.included import _IncludedRouter
from zonda.routing.layers import Layer
from zonda.routing.lifespan import _merge_lifespan_context, as_lifespan
from zonda.routing.limits import check_form_limits, check_max_body_size, nearest
from zonda.routing.lists import RouteList
from zonda.routing.route import APIRoute
from zonda.routing.walking import WalkedRouter
from zonda.routing.websocket_route import APIWebSocketRoute
from zonda.seams import ASGIApp
from zonda.utils import generate_unique_id, get_value_or_default


class NoRouter(Mistake, AttributeError):
    """`app.include_router(users)` where `users` is what holds the router, a module or controller, or an application."""

    what = "include_router takes an APIRouter, and {given} is none"
    instead = "{named}"


class APIRouter(Operations, WalkedRouter):
    """Operations that belong together, with what they have in common.

    router = APIRouter(prefix="/items", tags=["items"])

    @router.get("/{item_id}")
    async def read_item(item_id: int): ...

    app.include_router(router)
    """

    @with_router_keywords
    def __init__(
        self,
        *,
        prefix: str = "",
        tags: list[str | Enum] | None = None,
        dependencies: Sequence[Depends] | None = None,
        default_response_class: type[Response] = Default(JSONResponse),  # noqa: B008  (a mark, never changed)
        responses: dict[int | str, dict[str, Any]] | None = None,
        callbacks: list[BaseRoute] | None = None,
        routes: list[BaseRoute] | None = None,
        redirect_slashes: bool = True,
        default: ASGIApp | None = None,
        dependency_overrides_provider: Any | None = None,
        route_class: type[APIRoute] = APIRoute,
        on_startup: Sequence[Callable[[], Any]] | None = None,
        on_shutdown: Sequence[Callable[[], Any]] | None = None,
        lifespan: Any | None = None,
        deprecated: bool | None = None,
        include_in_schema: bool = True,
        generate_unique_id_function: Callable[[APIRoute], str] = Default(generate_unique_id),  # noqa: B008  (a mark, never changed)
        strict_content_type: bool = Default(True),
        max_body_size: int | None = None,
        form_limits: FormLimits | None = None,
        **own: Unpack[RouterKeywords],
    ) -> None:
        self._routes_version = 0
        self.own = OwnOptions.of(own)
        self.layer = Layer(own.get("middleware"), own.get("exception_handlers"), self.own.errors)
        """What stands around the routes of this router, wherever it is included."""
        self.max_body_size = check_max_body_size(max_body_size)
        self.form_limits = check_form_limits(form_limits)
        super().__init__(routes=routes, redirect_slashes=redirect_slashes, default=default)
        self.lifespan_context = as_lifespan(self, lifespan)
        self.drains = Drains()
        self.on_startup = list(on_startup or ())
        self.on_shutdown = list(on_shutdown or ())
        if prefix:
            check_prefix(prefix)
        self.prefix = prefix
        self.tags: list[str | Enum] = list(tags or ())
        self.dependencies = list(dependencies or ())
        self.deprecated = deprecated
        self.include_in_schema = include_in_schema
        self.responses = responses or {}
        self.callbacks = callbacks or []
        self.dependency_overrides_provider = dependency_overrides_provider
        self.route_class = route_class
        self.default_response_class = default_response_class
        self.generate_unique_id_function = generate_unique_id_function
        self.strict_content_type = strict_content_type
        self._low_priority_routes: list[BaseRoute] = RouteList((), self._mark_routes_changed)
        self._frontend_routes: _FrontendRouteGroup | None = None
        self.mounted_to_run: list[ASGIApp] = []
        """Mounted applications whose lifespans run: `mount(..., lifespan=True)`."""

    # Routes: a list that tells when it changes

    @property
    def routes(self) -> list[BaseRoute]:
        return self._routes

    @routes.setter
    def routes(self, routes: Sequence[BaseRoute]) -> None:
        self._routes = RouteList(routes, self._mark_routes_changed)
        self._mark_routes_changed()

    def _mark_routes_changed(self) -> None:
        self._routes_version += 1
        declared.note()

    def _get_routes_version(self, seen: set[int] | None = None) -> int:
        """A number that grows with each change of this router or of one that it includes."""
        seen = set() if seen is None else seen
        if id(self) in seen:
            return 0
        seen.add(id(self))
        included = (route.original_router for route in self.routes if isinstance(route, _IncludedRouter))
        return self._routes_version + sum(router._get_routes_version(seen) for router in included)

    def _contains_router(self, router: APIRouter, seen: set[int] | None = None) -> bool:
        seen = set() if seen is None else seen
        if id(self) in seen:
            return False
        seen.add(id(self))
        included = (route.original_router for route in self.routes if isinstance(route, _IncludedRouter))
        return any(item is router or item._contains_router(router, seen) for item in included)

    # Declaring operations: get -> api_route -> add_api_route -> route_class

    @operation(RouteOptions)
    def api_route(self, path: str, **options: Unpack[RouteOptions]) -> Decorator:
        """Answer `methods` at `path` with the decorated endpoint."""

        def decorate(endpoint: Endpoint) -> Endpoint:
            self.add_api_route(path, endpoint, **options)
            return endpoint

        return decorate

    @operation(AddedRouteOptions)
    def add_api_route(self, path: str, endpoint: Callable[..., Any], **options: Unpack[AddedRouteOptions]) -> None:
        """Answer `methods` at `path` with `endpoint`."""
        given: dict[str, Any] = {**options}
        route_class = given.pop("route_class_override") or self.route_class
        self.routes.append(route_class(self.prefix + path, endpoint, **self._with_own(given)))

    def _with_own(self, given: dict[str, Any]) -> dict[str, Any]:
        """An operation's options with what all operations of this router have."""
        return {
            **given,
            "tags": [*self.tags, *(given["tags"] or ())],
            "dependencies": [*self.dependencies, *(given["dependencies"] or ())],
            "responses": {**self.responses, **(given["responses"] or {})},
            "callbacks": [*self.callbacks, *(given["callbacks"] or ())],
            "deprecated": given["deprecated"] or self.deprecated,
            "include_in_schema": given["include_in_schema"] and self.include_in_schema,
            "response_class": get_value_or_default(given["response_class"], self.default_response_class),
            "generate_unique_id_function": get_value_or_default(
                given["generate_unique_id_function"], self.generate_unique_id_function
            ),
            "strict_content_type": get_value_or_default(given["strict_content_type"], self.strict_content_type),
            "max_body_size": nearest(check_max_body_size(given["max_body_size"]), self.max_body_size),
            "dependency_overrides_provider": self.dependency_overrides_provider,
            **OwnOptions.of(given).inside(self.own).keywords(),
        }

    def add_api_websocket_route(
        self,
        path: str,
        endpoint: Callable[..., Any],
        name: str | None = None,
        *,
        dependencies: Sequence[Depends] | None = None,
    ) -> None:
        """Give websockets at `path` to `endpoint`."""
        route = APIWebSocketRoute(
            self.prefix + path,
            endpoint=endpoint,
            name=name,
            dependencies=[*self.dependencies, *(dependencies or ())],
            dependency_overrides_provider=self.dependency_overrides_provider,
        )
        self.routes.append(route)

    def websocket(
        self, path: str, name: str | None = None, *, dependencies: Sequence[Depends] | None = None
    ) -> Decorator:
        """Give websockets at `path` to the decorated endpoint."""

        def decorate(endpoint: Endpoint) -> Endpoint:
            self.add_api_websocket_route(path, endpoint, name=name, dependencies=dependencies)
            return endpoint

        return decorate

    # Starlette's own kinds of route

    def route(
        self,
        path: str,
        methods: Collection[str] | None = None,
        name: str | None = None,
        include_in_schema: bool = True,
    ) -> Decorator:
        """Answer with a function from Starlette's `Request` to a `Response`, without parameters and schema."""

        def decorate(endpoint: Endpoint) -> Endpoint:
            self.add_route(path, endpoint, methods=methods, name=name, include_in_schema=include_in_schema)
            return endpoint

        return decorate

    def add_route(
        self,
        path: str,
        endpoint: Callable[..., Any],
        methods: Collection[str] | None = None,
        name: str | None = None,
        include_in_schema: bool = True,
    ) -> None:
        route = Route(path, endpoint=endpoint, methods=methods, name=name, include_in_schema=include_in_schema)
        self.routes.append(route)

    def websocket_route(self, path: str, name: str | None = None) -> Decorator:
        """Give websockets to a function of Starlette's `WebSocket` alone."""

        def decorate(endpoint: Endpoint) -> Endpoint:
            self.add_websocket_route(path, endpoint, name=name)
            return endpoint

        return decorate

    def add_websocket_route(self, path: str, endpoint: Callable[..., Any], name: str | None = None) -> None:
        self.routes.append(WebSocketRoute(path, endpoint=endpoint, name=name))

    # Including routers

    @with_router_keywords
    def include_router(
        self,
        router: APIRouter,
        *,
        prefix: str = "",
        tags: list[str | Enum] | None = None,
        dependencies: Sequence[Depends] | None = None,
        default_response_class: type[Response] = Default(JSONResponse),  # noqa: B008  (a mark, never changed)
        responses: dict[int | str, dict[str, Any]] | None = None,
        callbacks: list[BaseRoute] | None = None,
        deprecated: bool | None = None,
        include_in_schema: bool = True,
        generate_unique_id_function: Callable[[APIRoute], str] = Default(generate_unique_id),  # noqa: B008  (a mark, never changed)
        max_body_size: int | None = None,
        form_limits: FormLimits | None = None,
        **own: Unpack[RouterKeywords],
    ) -> None:
        """Offer the routes of another router here too, those that it is given later included."""
        check_inclusion(self, router, prefix)
        options = OwnOptions.of(own)
        added = _RouterIncludeContext(
            router,
            prefix=prefix,
            tags=list(tags or ()),
            dependencies=list(dependencies or ()),
            default_response_class=default_response_class,
            responses=responses or {},
            callbacks=list(callbacks or ()),
            deprecated=deprecated,
            include_in_schema=include_in_schema,
            generate_unique_id_function=generate_unique_id_function,
            max_body_size=check_max_body_size(max_body_size),
            form_limits=check_form_limits(form_limits),
            own=options,
            layers=(Layer(own.get("middleware"), own.get("exception_handlers"), options.errors),),
        )
        self.routes.append(_IncludedRouter(router, _RouterIncludeContext.for_include(self, router, added)))
        self.on_startup.extend(router.on_startup)
        self.on_shutdown.extend(router.on_shutdown)
        self.lifespan_context = _merge_lifespan_context(self.lifespan_context, router.lifespan_context)

    # Middleware and exception handlers

    @property
    def user_middleware(self) -> list[Middleware]:
        return self.layer.middleware

    @property
    def exception_handlers(self) -> dict[Any, Callable[..., Any]]:
        return self.layer.exception_handlers

    def add_middleware(self, middleware_class: Callable[..., Any], *args: Any, **kwargs: Any) -> None:
        """Put a middleware around the routes of this router, outside those that it has."""
        self.layer.add_middleware(Middleware(middleware_class, *args, **kwargs))

    def middleware(self, middleware_type: str) -> Decorator:
        """Put the decorated function around the requests of these routes: `async def f(request, call_next)`."""
        if middleware_type != "http":
            raise AssertionError('Currently only middleware("http") is supported.')

        def decorate(function: Endpoint) -> Endpoint:
            self.add_middleware(BaseHTTPMiddleware, dispatch=function)
            return function

        return decorate

    def add_exception_handler(
        self, exc_class_or_status_code: int | type[Exception], handler: Callable[..., Any]
    ) -> None:
        """Answer errors of these routes, by class or by status, with what the handler returns."""
        self.layer.add_exception_handler(exc_class_or_status_code, handler)

    def exception_handler(self, exc_class_or_status_code: int | type[Exception]) -> Decorator:
        """The same for the decorated function."""

        def decorate(handler: Endpoint) -> Endpoint:
            self.add_exception_handler(exc_class_or_status_code, handler)
            return handler

        return decorate

    def frontend(
        self, path: str, *, directory: PathLike, fallback: Fallback = "auto", check_dir: CheckDir = "auto"
    ) -> None:
        """Serve a built single-page application for every path below `path` that no other route answers."""
        self._add_frontend(path, directory, fallback, resolved_check_dir(directory, check_dir, stacklevel=2))

    def _add_frontend(self, path: str, directory: PathLike, fallback: Fallback, check_dir: bool) -> None:
        group = self._frontend_routes
        if group is None:
            group = _FrontendRouteGroup(self.dependencies, self.dependency_overrides_provider)
        whole_path = self.prefix + path if path.startswith("/") and path != "/" else (self.prefix or path)
        group.add_frontend_route(
            whole_path if path else path, directory=directory, fallback=fallback, check_dir=check_dir
        )
        if self._frontend_routes is None:
            self._frontend_routes = group
            self._low_priority_routes.append(group)


def check_prefix(prefix: str) -> None:
    if not prefix.startswith("/"):
        raise AssertionError("A path prefix must start with '/'")
    if prefix.endswith("/"):
        raise AssertionError("A path prefix must not end with '/', as the routes will start with '/'")


def no_router(given: Any) -> NoRouter:
    refuse_foreign((given,))
    if isinstance(given, ModuleType):
        held = next((name for name, value in vars(given).items() if isinstance(value, APIRouter)), "router")
        return NoRouter(given=f"the module {given.__name__}", named=f"include_router({given.__name__}.{held})")
    if isinstance(given, Starlette):
        return NoRouter(
            given="an application", named='app.mount("/path", application), or make an APIRouter of the application.'
        )
    if isinstance(getattr(given, "router", None), APIRouter):
        name = getattr(given, "__name__", type(given).__name__)
        return NoRouter(given=name, named=f"include_router({name}.router)")
    return NoRouter(given=repr(given), named="app.include_router(router), with `router = APIRouter()`.")


def check_inclusion(parent: APIRouter, router: APIRouter, prefix: str) -> None:
    """Refuse inclusions that no request could go through."""
    if not isinstance(router, APIRouter):
        raise no_router(router)
    if parent is router:
        raise AssertionError(
            "Cannot include the same APIRouter instance into itself. Did you mean to include a different router?"
        )
    if router._contains_router(parent):
        raise AssertionError(
            "The APIRouter already includes this router: if each held the other, their routes would have no end."
        )
    if prefix:
        check_prefix(prefix)
        return
    for context in iter_route_contexts(router.routes):
        if context.path == "" and isinstance(context.original_route, APIRoute):
            raise FastAPIError(f"Prefix and path cannot be both empty (path operation: {context.name})")
