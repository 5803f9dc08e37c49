"""This module writes down once the options that every path operation takes, with FastAPI's names, defaults and order.

    app.get(...)  ─▶  api_route(...)  ─▶  add_api_route(...)  ─▶  route_class(...)

Each step passes every option on by name, because applications override these methods. `operation` completes the
options with their defaults and shows each one in `inspect.signature`, `help()` and editors.
"""

import inspect
from collections.abc import Callable, Sequence
from enum import Enum
from typing import Any, ParamSpec, Protocol, TypedDict, TypeVar, Unpack

from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute

from zonda.analysis.mistakes import Mistake, Place
from zonda.datastructures import Default
from zonda.declarations import spelled_out
from zonda.own_options import NAMES, OwnKeywords, RouterKeywords
from zonda.params import Depends
from zonda.types import IncEx
from zonda.utils import generate_unique_id

P = ParamSpec("P")
R = TypeVar("R")
Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])


class FormLimits(TypedDict, total=False):
    """How much a form may hold before it is answered with 400."""

    max_fields: int
    max_files: int
    max_part_size: int


class Decorator(Protocol):
    """What `@app.get(...)` is: it registers an endpoint and gives it back as it was."""

    def __call__(self, endpoint: Endpoint, /) -> Endpoint: ...


class _Documented(TypedDict, total=False):
    response_model: Any
    status_code: int | None
    tags: list[str | Enum] | None
    dependencies: Sequence[Depends] | None
    summary: str | None
    description: str | None
    response_description: str
    responses: dict[int | str, dict[str, Any]] | None
    deprecated: bool | None


class _Name(TypedDict, total=False):
    name: str | None


class _Methods(TypedDict, total=False):
    methods: list[str] | None


class _Serialised(TypedDict, total=False):
    operation_id: str | None
    response_model_include: IncEx | None
    response_model_exclude: IncEx | None
    response_model_by_alias: bool
    response_model_exclude_unset: bool
    response_model_exclude_defaults: bool
    response_model_exclude_none: bool
    include_in_schema: bool
    response_class: type[Response]


class _ClassOverride(TypedDict, total=False):
    route_class_override: type[Any] | None


class _Provider(TypedDict, total=False):
    dependency_overrides_provider: Any | None


class _Described(TypedDict, total=False):
    callbacks: list[BaseRoute] | None
    openapi_extra: dict[str, Any] | None
    generate_unique_id_function: Callable[[Any], str]


class _Strictness(TypedDict, total=False):
    strict_content_type: bool


class _Limited(TypedDict, total=False):
    max_body_size: int | None
    form_limits: FormLimits | None


class OperationOptions(_Documented, _Serialised, _Name, _Described, _Limited, OwnKeywords, total=False):
    """What `get`, `post` and the decorators of the other methods take."""


class RouteOptions(_Documented, _Methods, _Serialised, _Name, _Described, _Limited, OwnKeywords, total=False):
    """What `api_route` takes, and the application's `add_api_route`."""


class AddedRouteOptions(
    _Documented,
    _Methods,
    _Serialised,
    _Name,
    _ClassOverride,
    _Described,
    _Strictness,
    _Limited,
    OwnKeywords,
    total=False,
):
    """What a router's `add_api_route` takes."""


class APIRouteOptions(
    _Documented,
    _Name,
    _Methods,
    _Serialised,
    _Provider,
    _Described,
    _Strictness,
    _Limited,
    OwnKeywords,
    total=False,
):
    """What `APIRoute` takes."""


DEFAULTS: dict[str, Any] = {
    "response_model": Default(None),
    "status_code": None,
    "tags": None,
    "dependencies": None,
    "summary": None,
    "description": None,
    "response_description": "Successful Response",
    "responses": None,
    "deprecated": None,
    "name": None,
    "methods": None,
    "operation_id": None,
    "response_model_include": None,
    "response_model_exclude": None,
    "response_model_by_alias": True,
    "response_model_exclude_unset": False,
    "response_model_exclude_defaults": False,
    "response_model_exclude_none": False,
    "include_in_schema": True,
    "response_class": Default(JSONResponse),
    "route_class_override": None,
    "dependency_overrides_provider": None,
    "callbacks": None,
    "openapi_extra": None,
    "generate_unique_id_function": Default(generate_unique_id),
    "strict_content_type": Default(True),
    "max_body_size": None,
    "form_limits": None,
    **dict.fromkeys(NAMES),
}


def with_own_keywords(function: Callable[P, R]) -> Callable[P, R]:
    """Show Zonda's own options in the signature of what takes them as `**own`, and refuse unknown ones."""
    return spelled_out(OwnKeywords, not_passed=NAMES, **dict.fromkeys(NAMES))(function)


def with_router_keywords(function: Callable[P, R]) -> Callable[P, R]:
    """The same for what takes those of a router."""
    names = RouterKeywords.__annotations__.keys() | set(NAMES)
    return spelled_out(RouterKeywords, not_passed=names, **dict.fromkeys(names))(function)


def operation(options: type[Any], **defaults: Any) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Complete the options of a declaring method, refuse unknown ones, and show each in its signature."""
    return spelled_out(options, not_passed=NAMES, **(DEFAULTS | defaults))


class NoPath(Mistake, TypeError):
    """`@app.get` where `@app.get("/")` was meant: FastAPI takes the endpoint for a path, and no route is there."""

    what = "`{decorator}` was given a function and no path"
    instead = '@app.{decorator}("/path")'


class Operations:
    """The decorators of the methods, for the application and for routers."""

    api_route: Callable[..., Decorator]

    def _operation(self, method: str, path: str, options: dict[str, Any]) -> Decorator:
        if inspect.isroutine(path):
            mistake = NoPath(decorator=method.lower())
            mistake.places.append(Place.of(path))
            raise mistake
        return self.api_route(path=path, methods=[method], **options)

    @operation(OperationOptions)
    def get(self, path: str, **options: Unpack[OperationOptions]) -> Decorator:
        """Answer GET at `path` with the decorated endpoint."""
        return self._operation("GET", path, {**options})

    @operation(OperationOptions)
    def put(self, path: str, **options: Unpack[OperationOptions]) -> Decorator:
        """Answer PUT at `path` with the decorated endpoint."""
        return self._operation("PUT", path, {**options})

    @operation(OperationOptions)
    def post(self, path: str, **options: Unpack[OperationOptions]) -> Decorator:
        """Answer POST at `path` with the decorated endpoint."""
        return self._operation("POST", path, {**options})

    @operation(OperationOptions)
    def delete(self, path: str, **options: Unpack[OperationOptions]) -> Decorator:
        """Answer DELETE at `path` with the decorated endpoint."""
        return self._operation("DELETE", path, {**options})

    @operation(OperationOptions)
    def options(self, path: str, **options: Unpack[OperationOptions]) -> Decorator:
        """Answer OPTIONS at `path` with the decorated endpoint."""
        return self._operation("OPTIONS", path, {**options})

    @operation(OperationOptions)
    def head(self, path: str, **options: Unpack[OperationOptions]) -> Decorator:
        """Answer HEAD at `path` with the decorated endpoint."""
        return self._operation("HEAD", path, {**options})

    @operation(OperationOptions)
    def patch(self, path: str, **options: Unpack[OperationOptions]) -> Decorator:
        """Answer PATCH at `path` with the decorated endpoint."""
        return self._operation("PATCH", path, {**options})

    @operation(OperationOptions)
    def trace(self, path: str, **options: Unpack[OperationOptions]) -> Decorator:
        """Answer TRACE at `path` with the decorated endpoint."""
        return self._operation("TRACE", path, {**options})

    @operation(OperationOptions)
    def query(self, path: str, **options: Unpack[OperationOptions]) -> Decorator:
        """Answer QUERY, a safe method with a body, at `path` with the decorated endpoint."""
        return self._operation("QUERY", path, {**options})
