"""This module says what a route must look like to appear in the document, and finds those that do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import Enum
from typing import TYPE_CHECKING, Any, Protocol, TypeGuard

from starlette.routing import Route

if TYPE_CHECKING:
    from zonda.analysis.dependant import Dependant
    from zonda.analysis.fields import ModelField


class RouteLike(Protocol):
    """What the document reads of a route; a route seen through an included router has the same attributes."""

    name: str
    path: str
    path_format: str
    methods: Any
    endpoint: Callable[..., Any]
    unique_id: str
    operation_id: str | None
    tags: list[str | Enum]
    summary: str | None
    description: str
    deprecated: bool | None
    include_in_schema: bool
    dependant: Dependant
    body_field: ModelField | None
    response_class: Any
    response_description: str
    status_code: int | None
    response_field: ModelField | None
    response_fields: Mapping[int | str, ModelField]
    responses: Mapping[int | str, dict[str, Any]]
    is_sse_stream: bool
    is_json_stream: bool
    stream_item_field: ModelField | None
    callbacks: Sequence[Any] | None
    openapi_extra: dict[str, Any] | None


def operations_of(routes: Iterable[Any]) -> Iterator[RouteLike]:
    """The operations among the routes and inside included routers, in the order of declaration.

    Each item may be a route, an included router, or a context that `zonda.routing.iter_route_contexts` gave.
    """
    for route in routes:
        contexts = getattr(route, "effective_route_contexts", None)
        if contexts is not None:
            yield from operations_of(contexts())
        elif is_operation(route):
            yield route


def is_operation(route: Any) -> TypeGuard[RouteLike]:
    """Whether it is an API route; Starlette's routes, mounts and websockets are not documented."""
    original = getattr(route, "original_route", route)
    return isinstance(original, Route) and hasattr(original, "dependant")
