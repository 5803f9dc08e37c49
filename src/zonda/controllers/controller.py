"""This module holds Controller: a class with one instance for each request, and a router made of its methods."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from typing import Any, ClassVar, cast

from starlette.responses import Response
from starlette.routing import BaseRoute
from typing_extensions import Unpack

from zonda.controllers.methods import Endpoints, methods_of
from zonda.declarations import unexpected
from zonda.operations import FormLimits
from zonda.own_options import RouterKeywords
from zonda.params import Depends
from zonda.routing import APIRoute, APIRouter

_ADD_UP = ("tags", "dependencies", "callbacks")


class ControllerOptions(RouterKeywords, total=False):
    """What `class Items(Controller, prefix="/items")` takes: the options of an APIRouter."""

    prefix: str
    tags: list[str | Enum] | None
    dependencies: Sequence[Depends] | None
    default_response_class: type[Response]
    responses: dict[int | str, dict[str, Any]] | None
    callbacks: list[BaseRoute] | None
    route_class: type[APIRoute]
    deprecated: bool | None
    include_in_schema: bool
    generate_unique_id_function: Callable[[APIRoute], str]
    strict_content_type: bool
    max_body_size: int | None
    form_limits: FormLimits | None


OPTIONS = frozenset(ControllerOptions.__annotations__) | frozenset(RouterKeywords.__annotations__)


class _Router:
    """Makes the router of a controller when it is first asked for, and keeps it."""

    def __get__(self, instance: object, kind: type[Controller]) -> APIRouter:
        router: APIRouter | None = vars(kind).get("_router")
        if router is None:
            router = kind._router = kind._make_router()
        return router


class Controller:
    """Operations that need the same things.

    The parameters of the constructor are dependencies, solved once for each request, and the decorated methods are
    operations. Class keywords are the options of the router: `class Items(Controller, prefix="/items")`. A derived
    class has the operations and options of its bases; its own tags, dependencies, callbacks and responses add to
    theirs, every other option replaces theirs.
    """

    router = _Router()
    """An APIRouter with the operations, to be given to `include_router`."""

    _router: ClassVar[APIRouter]
    _options: ClassVar[ControllerOptions] = {}

    def __init_subclass__(cls, **options: Unpack[ControllerOptions]) -> None:
        super().__init_subclass__()
        for name in options:
            if name not in OPTIONS:
                raise unexpected(cls, name, set(OPTIONS))
        cls._options = _derived(cls._options, options)

    @classmethod
    def _make_router(cls) -> APIRouter:
        router = APIRouter(**cls._options)
        endpoints = Endpoints(cls)
        for method in methods_of(cls):
            for declared in method.declared:
                endpoint = endpoints.of(method, declared, router.prefix + declared.path)
                getattr(router, declared.declare)(declared.path, **declared.options)(endpoint)
        return router


def _derived(base: ControllerOptions, own: ControllerOptions) -> ControllerOptions:
    result: dict[str, Any] = {**base, **own}
    for name in _ADD_UP:
        added = [*(_list(base, name)), *(_list(own, name))]
        if added:
            result[name] = added
    if "responses" in result:
        result["responses"] = {**(base.get("responses") or {}), **(own.get("responses") or {})}
    return cast(ControllerOptions, result)


def _list(options: Mapping[str, Any], name: str) -> Sequence[Any]:
    return options.get(name) or ()
