"""This module holds Zonda: the application, with FastAPI's options, attributes and methods."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import Enum
from functools import partial
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.datastructures import State
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute
from typing_extensions import Unpack, deprecated

from zonda.concurrency.limits import ThreadSettings
from zonda.datastructures import Default
from zonda.default_handlers import ExceptionHandler, with_default_handlers
from zonda.documented import Documented
from zonda.exceptions import FastAPIDeprecationWarning
from zonda.extensions import Drain, Observer, in_brackets
from zonda.operations import (
    AddedRouteOptions,
    Decorator,
    Endpoint,
    FormLimits,
    Operations,
    RouteOptions,
    operation,
    with_own_keywords,
    with_router_keywords,
)
from zonda.own_options import OwnKeywords, RouterKeywords
from zonda.params import Depends
from zonda.routing import APIRoute, APIRouter
from zonda.routing.drains import Drains
from zonda.routing.frontend import CheckDir, Fallback, PathLike, resolved_check_dir
from zonda.routing.limits import check_max_body_size
from zonda.routing.walking import ON_EVENT_IS_DEPRECATED
from zonda.seams import ASGIApp, Pipeline, Receive, Scope, Send
from zonda.startup.anywhere import DependenciesAnywhere
from zonda.telemetry import NativeTelemetry, TelemetryConfig, complete_config, is_instrumented
from zonda.telemetry import lifespan as telemetry_lifespan
from zonda.utils import generate_unique_id

if TYPE_CHECKING:
    from zonda.startup.stack import Stack


class Zonda(DependenciesAnywhere, Operations, Documented, Starlette):
    """An application.

    app = Zonda()

    @app.get("/items/{item_id}")
    async def read_item(item_id: int):
        return {"item_id": item_id}
    """

    router: APIRouter

    @with_own_keywords
    def __init__(
        self,
        *,
        telemetry: TelemetryConfig | None = None,
        debug: bool = False,
        routes: list[BaseRoute] | None = None,
        title: str = "FastAPI",
        summary: str | None = None,
        description: str = "",
        version: str = "0.1.0",
        openapi_url: str | None = "/openapi.json",
        openapi_tags: list[dict[str, Any]] | None = None,
        servers: list[dict[str, str | Any]] | None = None,
        dependencies: Sequence[Depends] | None = None,
        default_response_class: type[Response] = Default(JSONResponse),  # noqa: B008  (a mark, never changed)
        redirect_slashes: bool = True,
        docs_url: str | None = "/docs",
        redoc_url: str | None = "/redoc",
        swagger_ui_oauth2_redirect_url: str | None = "/docs/oauth2-redirect",
        swagger_ui_init_oauth: dict[str, Any] | None = None,
        middleware: Sequence[Middleware] | None = None,
        exception_handlers: Mapping[int | type[Exception], ExceptionHandler] | None = None,
        on_startup: Sequence[Callable[[], Any]] | None = None,
        on_shutdown: Sequence[Callable[[], Any]] | None = None,
        lifespan: Any | None = None,
        terms_of_service: str | None = None,
        contact: dict[str, str | Any] | None = None,
        license_info: dict[str, str | Any] | None = None,
        root_path: str = "",
        root_path_in_servers: bool = True,
        responses: dict[int | str, dict[str, Any]] | None = None,
        callbacks: list[BaseRoute] | None = None,
        webhooks: APIRouter | None = None,
        deprecated: bool | None = None,
        include_in_schema: bool = True,
        swagger_ui_parameters: dict[str, Any] | None = None,
        generate_unique_id_function: Callable[[APIRoute], str] = Default(generate_unique_id),  # noqa: B008  (a mark, never changed)
        separate_input_output_schemas: bool = True,
        openapi_external_docs: dict[str, Any] | None = None,
        strict_content_type: bool = True,
        max_body_size: int | None = None,
        form_limits: FormLimits | None = None,
        scalar_url: str | None = "/scalar",
        corrections: bool = False,
        problem_details: bool = False,
        threads: int | None = None,
        dependency_threads: int | None = None,
        parallel_dependencies: bool = False,
        drains: Iterable[Drain] = (),
        observers: Iterable[Observer] = (),
        **own: Unpack[OwnKeywords],
    ) -> None:
        self.debug = debug
        self.title = title
        self.summary = summary
        self.description = description
        self.version = version
        self.terms_of_service = terms_of_service
        self.contact = contact
        self.license_info = license_info
        self.openapi_url = openapi_url
        self.openapi_tags = openapi_tags
        self.root_path_in_servers = root_path_in_servers
        self.docs_url = docs_url
        self.redoc_url = redoc_url
        self.scalar_url = scalar_url
        self.swagger_ui_oauth2_redirect_url = swagger_ui_oauth2_redirect_url
        self.swagger_ui_init_oauth = swagger_ui_init_oauth
        self.swagger_ui_parameters = swagger_ui_parameters
        self.servers = servers or []
        self.separate_input_output_schemas = separate_input_output_schemas
        self.openapi_external_docs = openapi_external_docs
        self.openapi_version = "3.1.0"
        self.max_body_size = check_max_body_size(max_body_size)
        self.corrections = corrections
        self.problem_details = problem_details
        self.thread_settings = ThreadSettings(threads, dependency_threads)
        self.keep_document()
        if root_path:
            warnings.warn(
                "The `root_path` parameter is deprecated. Configure the server's root path instead, "
                "for example with `fastapi run --root-path /api/v1` or `zonda run --root-path /api/v1`.",
                FastAPIDeprecationWarning,
                stacklevel=3,
            )
        self.root_path = root_path
        self.state = State()
        self.webhooks = webhooks or APIRouter()
        self.dependency_overrides: dict[Callable[..., Any], Callable[..., Any]] = {}
        self.parallel_dependencies = parallel_dependencies
        self.router = APIRouter(
            routes=routes,
            redirect_slashes=redirect_slashes,
            dependency_overrides_provider=self,
            on_startup=on_startup,
            on_shutdown=on_shutdown,
            lifespan=lifespan,
            default_response_class=default_response_class,
            dependencies=dependencies,
            callbacks=callbacks,
            deprecated=deprecated,
            include_in_schema=include_in_schema,
            responses=responses,
            generate_unique_id_function=generate_unique_id_function,
            strict_content_type=strict_content_type,
            max_body_size=self.max_body_size,
            form_limits=form_limits,
            **own,
        )
        self.router.runs_mounted_lifespans = corrections
        self.router.drains = Drains(drains)
        self.observers: list[Observer] = []
        for observer in in_brackets("observers", observers):
            self.add_observer(observer)
        self.router.layer.is_application = True
        self.exception_handlers = with_default_handlers(exception_handlers, problem_details=problem_details)
        self.user_middleware = list(middleware or ())
        self.middleware_stack: ASGIApp | None = None
        self._stack: Stack | None = None
        self._telemetry = complete_config(telemetry)
        self._native_telemetry = NativeTelemetry(self._telemetry)
        self.setup()

    def built_stack(self) -> Stack:
        """The middleware with all that answers inside; made at the first request, or again for a new stack."""
        if self._stack is None:
            self.build_middleware_stack()
        assert self._stack is not None
        return self._stack

    def build_middleware_stack(self) -> ASGIApp:
        """Make the middleware stack anew from what is declared now."""
        # What answers requests is imported when the first one comes: many processes only declare.
        from zonda.routing.built_layers import BuiltLayers, adapt_for
        from zonda.startup.search import Search
        from zonda.startup.stack import build_stack
        from zonda.startup.surroundings import Surroundings
        from zonda.startup.websockets import WebSocketSearch

        layers = BuiltLayers(adapt_for(self))
        surroundings = Surroundings(
            self.router, self.thread_settings, self.app_scope, layers=layers, corrections=self.corrections
        )
        search = Search(surroundings, lambda: self._pages)
        self._stack = build_stack(self, search, WebSocketSearch(surroundings))
        return self._stack.outermost

    def native_pipeline(self) -> Pipeline | str:
        """What the protocol calls for each request, or why requests must come through ASGI."""
        if self.middleware_stack is None:
            self.middleware_stack = self.build_middleware_stack()
        if self._native_telemetry.enabled():
            return "telemetry is recorded"
        if self.root_path:
            return "the application sets its own `root_path`"
        from zonda.startup.stack import why_not_native
        from zonda.startup.threads import sizing

        reason = why_not_native(self, Zonda.__call__, Zonda.build_middleware_stack)
        if reason is not None:
            return reason
        pipeline = self.built_stack().pipeline
        return sizing(pipeline, self.thread_settings) if self.thread_settings.is_due else pipeline

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.root_path:
            scope["root_path"] = self.root_path
        self.thread_settings.apply()
        if scope["type"] == "lifespan":
            await telemetry_lifespan(
                config=self._telemetry, app=super().__call__, scope=scope, receive=receive, send=send
            )
        elif self.observers and self._is_unobserved(scope):
            from zonda.transport.observing import observe_application

            app = partial(Zonda.__call__, self)
            await observe_application(self, app, tuple(self.observers), scope, receive, send)
        elif self._native_telemetry.enabled():
            if self.middleware_stack is None:
                self.middleware_stack = self.build_middleware_stack()
            await self._native_telemetry(
                app=super().__call__,
                scope=scope,
                receive=receive,
                send=send,
                legacy_otel=is_instrumented(self.middleware_stack),
            )
        else:
            await super().__call__(scope, receive, send)

    def _is_unobserved(self, scope: Scope) -> bool:
        """A request that observers are to be told of, and are not yet."""
        from zonda.transport.observing import is_observed

        return bool(scope["type"] == "http" and not is_observed(self, scope))

    # Declaring operations

    def _operation(self, method: str, path: str, options: dict[str, Any]) -> Decorator:
        declare: Callable[..., Decorator] = getattr(self.router, method.lower())
        return declare(path, **options)

    @operation(RouteOptions)
    def api_route(self, path: str, **options: Unpack[RouteOptions]) -> Decorator:
        """Answer `methods` at `path` with the decorated endpoint."""

        def decorate(endpoint: Endpoint) -> Endpoint:
            self.router.add_api_route(path, endpoint, **options)
            return endpoint

        return decorate

    @operation(AddedRouteOptions)
    def add_api_route(self, path: str, endpoint: Callable[..., Any], **options: Unpack[AddedRouteOptions]) -> None:
        """Answer `methods` at `path` with `endpoint`."""
        self.router.add_api_route(path, endpoint, **options)

    def add_api_websocket_route(
        self,
        path: str,
        endpoint: Callable[..., Any],
        name: str | None = None,
        *,
        dependencies: Sequence[Depends] | None = None,
    ) -> None:
        """Give websockets at `path` to `endpoint`."""
        self.router.add_api_websocket_route(path, endpoint, name=name, dependencies=dependencies)

    def websocket(
        self, path: str, name: str | None = None, *, dependencies: Sequence[Depends] | None = None
    ) -> Decorator:
        """Give websockets at `path` to the decorated endpoint."""
        return self.router.websocket(path, name=name, dependencies=dependencies)

    def websocket_route(self, path: str, name: str | None = None) -> Decorator:
        """Give websockets to a function of Starlette's `WebSocket` alone."""
        return self.router.websocket_route(path, name=name)

    def add_websocket_route(self, path: str, endpoint: Callable[..., Any], name: str | None = None) -> None:
        self.router.add_websocket_route(path, endpoint, name=name)

    def route(
        self, path: str, methods: list[str] | None = None, name: str | None = None, include_in_schema: bool = True
    ) -> Decorator:
        """Answer with a function from Starlette's `Request` to a `Response`, without parameters and schema."""
        return self.router.route(path, methods=methods, name=name, include_in_schema=include_in_schema)

    @with_router_keywords
    def include_router(
        self,
        router: APIRouter,
        *,
        prefix: str = "",
        tags: list[str | Enum] | None = None,
        dependencies: Sequence[Depends] | None = None,
        responses: dict[int | str, dict[str, Any]] | None = None,
        deprecated: bool | None = None,
        include_in_schema: bool = True,
        default_response_class: type[Response] = Default(JSONResponse),  # noqa: B008  (a mark, never changed)
        callbacks: list[BaseRoute] | None = None,
        generate_unique_id_function: Callable[[APIRoute], str] = Default(generate_unique_id),  # noqa: B008  (a mark, never changed)
        max_body_size: int | None = None,
        form_limits: FormLimits | None = None,
        **own: Unpack[RouterKeywords],
    ) -> None:
        """Offer the routes of a router, those that it is given later included."""
        self.router.include_router(
            router,
            prefix=prefix,
            tags=tags,
            dependencies=dependencies,
            responses=responses,
            deprecated=deprecated,
            include_in_schema=include_in_schema,
            default_response_class=default_response_class,
            callbacks=callbacks,
            generate_unique_id_function=generate_unique_id_function,
            max_body_size=max_body_size,
            form_limits=form_limits,
            **own,
        )

    def frontend(
        self, path: str, *, directory: PathLike, fallback: Fallback = "auto", check_dir: CheckDir = "auto"
    ) -> None:
        """Serve a built single-page application for every path below `path` that no route answers."""
        self.router._add_frontend(path, directory, fallback, resolved_check_dir(directory, check_dir, stacklevel=2))

    def mount(self, path: str, app: ASGIApp, name: str | None = None, *, lifespan: bool = False) -> None:
        """Give every request below `path` to another application; its lifespan runs only if asked for."""
        self.router.mount(path, app=app, name=name)
        if lifespan:
            self.router.mounted_to_run.append(app)

    # Middleware, handlers, events

    def middleware(self, middleware_type: str) -> Decorator:
        """Put the decorated function around every request: `async def f(request, call_next) -> Response`."""
        if middleware_type != "http":
            raise AssertionError('Currently only middleware("http") is supported.')

        def decorate(function: Endpoint) -> Endpoint:
            self.add_middleware(BaseHTTPMiddleware, dispatch=function)
            return function

        return decorate

    def exception_handler(self, exc_class_or_status_code: int | type[Exception]) -> Decorator:
        """Answer for errors of a class, or with a status, with what the decorated function returns."""

        def decorate(handler: Endpoint) -> Endpoint:
            self.add_exception_handler(exc_class_or_status_code, handler)
            return handler

        return decorate

    def add_drain(self, drain: Drain) -> None:
        """Start `drain` before the lifespan of this application, and stop it after that."""
        self.router.drains.add(drain)

    def add_observer(self, observer: Observer) -> None:
        """Tell `observer` of each request that was answered, on connections that come from now on."""
        if not isinstance(observer, Observer) or isinstance(observer, type):
            raise TypeError(
                f"{observer!r} is no observer: it has no method `observe(finished)`. "
                "Pass an instance of a class that has it, as docs/observers.md shows."
            )
        self.observers.append(observer)

    @deprecated(ON_EVENT_IS_DEPRECATED)
    def on_event(self, event_type: str) -> Decorator:
        """Run the decorated function at `startup` or at `shutdown`."""

        def decorate(function: Endpoint) -> Endpoint:
            self.router.add_event_handler(event_type, function)
            return function

        return decorate


FastAPI = Zonda
"""The same class under FastAPI's name, for imports that stay as they are."""
