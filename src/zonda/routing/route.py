"""This module holds APIRoute: one operation as it was declared, analysed at once."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable, Mapping
from contextvars import ContextVar
from enum import Enum
from functools import cached_property
from re import Pattern
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel
from starlette._utils import get_route_path
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Match, Route, compile_path
from typing_extensions import Unpack

from zonda.body_limit import BodyLimitMiddleware
from zonda.changes import declared, matched
from zonda.datastructures import DefaultPlaceholder
from zonda.interpreter.replacements import current, replaced_names
from zonda.operations import APIRouteOptions, FormLimits, operation
from zonda.own_options import OwnOptions
from zonda.params import Depends
from zonda.routing.attributes import RARE
from zonda.seams import ASGIApp, Receive, Scope, Send
from zonda.types import IncEx

if TYPE_CHECKING:
    from zonda.analysis.dependant import Dependant
    from zonda.analysis.fields import ModelField
    from zonda.analysis.steps import BoundStep

_effective_route_context_var: ContextVar[Any] = ContextVar("fastapi_effective_route_context", default=None)
"""The included route whose handler is being built: its own route's `get_route_handler` then speaks for it."""

_UNBUILT: Any = object()


class APIRoute(Route):
    """One operation: a path, its methods, an endpoint and all that was said about them.

    Subclasses given as `route_class` may override `get_route_handler`, `matches` and `handle`; such routes run
    through what they override, all others through the function compiled for them.
    """

    stream_item_type: Any | None = RARE["stream_item_type"]
    response_model: Any
    summary: str | None
    response_description: str
    deprecated: bool | None
    operation_id: str | None
    response_model_include: IncEx | None
    response_model_exclude: IncEx | None
    response_model_by_alias: bool
    response_model_exclude_unset: bool
    response_model_exclude_defaults: bool
    response_model_exclude_none: bool
    include_in_schema: bool
    response_class: type[Response] | DefaultPlaceholder
    dependency_overrides_provider: Any | None
    callbacks: list[BaseRoute] | None
    openapi_extra: dict[str, Any] | None
    generate_unique_id_function: Callable[[Any], str] | DefaultPlaceholder
    strict_content_type: bool | DefaultPlaceholder
    max_body_size: int | None
    form_limits: FormLimits
    own: OwnOptions
    """What Zonda adds to FastAPI's options."""
    steps: tuple[BoundStep, ...] = RARE["steps"]
    """What batteries add."""
    tags: list[str | Enum]
    responses: dict[int | str, dict[str, Any]]
    unique_id: str
    status_code: int | None
    response_field: ModelField | None
    stream_item_field: ModelField | None = RARE["stream_item_field"]
    error_fields: Mapping[type[BaseModel], ModelField] = RARE["error_fields"]
    dependencies: list[Depends]
    description: str
    response_fields: dict[int | str, ModelField]
    dependant: Dependant
    _embed_body_fields: bool
    body_field: ModelField | None
    is_sse_stream: bool
    is_json_stream: bool

    _app: Any = _UNBUILT
    is_app_replaced = False
    """Someone set `route.app`: it answers instead of what is compiled."""
    changes = 0
    """How often an attribute was set after the route was made."""

    @operation(APIRouteOptions)
    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Unpack[APIRouteOptions]) -> None:
        from zonda.routing.state import route_state  # all of analysis, once there is something to analyse

        state = route_state(self, path, endpoint, options)
        # PERF: a new dict has half the size of one that grew (memory in benchmarks/measures/start.py).
        object.__setattr__(self, "__dict__", {**vars(self), **state})
        if runs_own_handler(self):
            self._app = self._built_app()
        declared.note()

    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__(name, value)
        if name != "_app":
            vars(self)["changes"] = self.changes + 1
            declared.note()
            if name == "dependant" and self.steps:
                from zonda.analysis.steps import join_steps

                join_steps(value, self.steps)  # whoever replaces the tree knows nothing of them
            if name in ("path", "methods"):
                matched.note()

    @cached_property
    def path_regex(self) -> Pattern[str]:  # type: ignore[override]  # made for those who match by it
        return compile_path(self.path)[0]

    @property
    def app(self) -> ASGIApp:
        """The route as an ASGI application, run step by step."""
        if self._app is _UNBUILT:
            self._app = self._built_app()
        return self._app  # type: ignore[no-any-return]  # whatever was set

    @app.setter
    def app(self, app: ASGIApp) -> None:
        vars(self)["is_app_replaced"] = True
        self._app = app

    def _built_app(self) -> ASGIApp:
        app: ASGIApp = current("request_response")(self.get_route_handler())
        return app

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The function that answers a request step by step; override it to put something around every request."""
        context = _effective_route_context_var.get()
        speaker = context if context is not None and context.original_route is self else self
        handler: Callable[[Request], Coroutine[Any, Any, Response]] = current("get_request_handler")(
            dependant=speaker.dependant,
            body_field=speaker.body_field,
            status_code=speaker.status_code,
            response_class=speaker.response_class,
            response_field=speaker.response_field,
            response_model_include=speaker.response_model_include,
            response_model_exclude=speaker.response_model_exclude,
            response_model_by_alias=speaker.response_model_by_alias,
            response_model_exclude_unset=speaker.response_model_exclude_unset,
            response_model_exclude_defaults=speaker.response_model_exclude_defaults,
            response_model_exclude_none=speaker.response_model_exclude_none,
            dependency_overrides_provider=speaker.dependency_overrides_provider,
            embed_body_fields=speaker._embed_body_fields,
            strict_content_type=speaker.strict_content_type,
            stream_item_field=speaker.stream_item_field,
            is_json_stream=speaker.is_json_stream,
            form_limits=speaker.form_limits,
        )
        return handler

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        context = context_in(scope, self)
        if context is not None:
            return matches_as_http(context, scope)
        return matches_as_http(self, scope)

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        speaker = context_in(scope, self) or self
        if speaker.methods and scope["method"] not in speaker.methods:
            await _refuse_method(speaker.methods, scope, receive, send)
            return
        app = speaker.app
        if speaker.max_body_size is not None:
            app = BodyLimitMiddleware(app, speaker.max_body_size)
        await app(scope, receive, send)


def runs_own_handler(route: APIRoute) -> bool:
    """The class builds a handler of its own, or someone replaced the function that does."""
    return type(route).get_route_handler is not APIRoute.get_route_handler or "get_request_handler" in replaced_names()


def context_in(scope: Scope, route: Any) -> Any:
    """The included form of `route` that this request is for, if it reached the route through an inclusion."""
    fastapi_scope = scope.get("fastapi")
    context = fastapi_scope.get("effective_route_context") if isinstance(fastapi_scope, dict) else None
    return context if context is not None and context.original_route is route else None


def matches_as_http(route: Any, scope: Scope) -> tuple[Match, Scope]:
    """Starlette's rule for a route with methods; what answers is the operation's endpoint."""
    if scope["type"] != "http":
        return Match.NONE, {}
    found = route.path_regex.match(get_route_path(scope))
    if found is None:
        return Match.NONE, {}
    values = {name: route.param_convertors[name].convert(value) for name, value in found.groupdict().items()}
    child_scope = {
        "endpoint": route.endpoint,
        "path_params": {**scope.get("path_params", {}), **values},
        "route": route if isinstance(route, APIRoute) else route.original_route,
    }
    is_partial = route.methods and scope["method"] not in route.methods
    return (Match.PARTIAL if is_partial else Match.FULL), child_scope


async def _refuse_method(allowed: Iterable[str], scope: Scope, receive: Receive, send: Send) -> None:
    """405: an application's handlers make the reply; a router that runs alone has none."""
    allow = {"Allow": ", ".join(allowed)}
    if "app" in scope:
        raise HTTPException(405, headers=allow)
    await PlainTextResponse("Method Not Allowed", 405, allow)(scope, receive, send)
