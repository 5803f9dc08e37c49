"""This module makes the dependency tree of an endpoint, and reads it back as a flat list."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from zonda import params
from zonda.analysis.bodies import check_multipart
from zonda.analysis.calls import is_generator, name_of
from zonda.analysis.dependant import Dependant, get_computed_scope
from zonda.analysis.fields import ModelField
from zonda.analysis.foreign import refuse_foreign
from zonda.analysis.mistakes import (
    AppScope,
    DependencyCycle,
    DependencyScope,
    NoCallable,
    NoSignature,
    NotCallable,
    within,
)
from zonda.analysis.models import flat_fields
from zonda.analysis.parameters import (
    add_non_field_param_to_dependency,
    add_param_to_fields,
    analyze_param,
    declared_dependency,
)
from zonda.analysis.requestless import refuse_needs_of_requests
from zonda.analysis.signatures import typed_parameters
from zonda.analysis.tree import walk
from zonda.concurrency.dependency_limit import DependencyLimit
from zonda.types import DependencyScope as Scope
from zonda.utils import get_path_param_names


def get_dependant(
    *,
    path: str,
    call: Callable[..., Any],
    name: str | None = None,
    own_oauth_scopes: list[str] | None = None,
    parent_oauth_scopes: list[str] | None = None,
    use_cache: bool = True,
    scope: Scope | None = None,
    concurrency: DependencyLimit | None = None,
    parallel: bool | None = None,
) -> Dependant:
    """The tree of `call`: its parameters by source, its sub-dependencies, and theirs."""
    dependant = Dependant(
        call=call,
        name=name,
        path=path,
        use_cache=use_cache,
        scope=scope,
        own_oauth_scopes=own_oauth_scopes,
        parent_oauth_scopes=parent_oauth_scopes,
        concurrency=concurrency,
        parallel=parallel,
    )
    with within(call, path), _on_the_way(call) as way:
        path_names = way.path_names(path)
        for parameter in way.parameters(call):
            _add_parameter(dependant, parameter, path_names)
        refuse_needs_of_requests(dependant)
    return dependant


def get_parameterless_sub_dependant(*, depends: params.Depends, path: str) -> Dependant:
    """The tree of a dependency that no parameter receives, from `dependencies=[...]`."""
    dependency = getattr(depends, "dependency", None)
    refuse_foreign((depends,))
    if not isinstance(depends, params.Depends) or not callable(dependency):
        raise NoCallable(given=repr(depends))
    return get_dependant(
        path=path,
        call=dependency,
        own_oauth_scopes=_scopes_of(depends),
        use_cache=depends.use_cache,
        scope=depends.scope,
        concurrency=depends._concurrency,
        parallel=depends.parallel,
    )


def get_injected_dependant(call: Callable[..., Any]) -> Dependant:
    """The tree of a function that is called by hand: of its parameters only those that are dependencies."""
    dependant = Dependant(call=call, path="")
    with within(call), _on_the_way(call) as way:
        for parameter in way.parameters(call):
            depends = declared_dependency(parameter.name, parameter.annotation, parameter.default)
            if depends is not None:
                dependant.dependencies.append(_sub_dependant(dependant, parameter.name, depends))
    return dependant


def get_flat_params(dependant: Dependant) -> list[ModelField]:
    """What the whole tree reads from path, query, headers and cookies, in this order, models as their fields."""
    tree = list(walk(dependant))
    fields = [
        field
        for source in ("path_params", "query_params", "header_params", "cookie_params")
        for item in tree
        for field in getattr(item, source)
    ]
    return flat_fields(fields)


def _add_parameter(dependant: Dependant, parameter: inspect.Parameter, path_names: set[str]) -> None:
    details = analyze_param(
        param_name=parameter.name,
        annotation=parameter.annotation,
        value=parameter.default,
        path_param_names=path_names,
    )
    if details.depends is not None:
        dependant.dependencies.append(_sub_dependant(dependant, parameter.name, details.depends))
    elif details.field is None:
        add_non_field_param_to_dependency(
            param_name=parameter.name, type_annotation=details.type_annotation, dependant=dependant
        )
    elif isinstance(details.field.field_info, params.Body):
        check_multipart(details.field.field_info)
        dependant.body_params.append(details.field)
    else:
        add_param_to_fields(field=details.field, dependant=dependant)


def _sub_dependant(dependant: Dependant, name: str, depends: params.Depends) -> Dependant:
    call = depends.dependency
    if not callable(call):
        raise NotCallable(name, given=call)
    if (
        is_generator(dependant.call)
        and get_computed_scope(dependant=dependant) == "request"
        and depends.scope == "function"
    ):
        raise DependencyScope(name, dependency=name_of(dependant.call), needed=name_of(call))
    scope = depends.scope
    if dependant.scope == "app":
        if scope in {"function", "request"} or (scope is None and is_generator(call)):
            raise AppScope(name, dependency=name_of(dependant.call), needed=name_of(call))
        scope = "app"  # what an app-scoped dependency needs lives as long as it does
    return get_dependant(
        path=dependant.path or "",
        call=call,
        name=name,
        own_oauth_scopes=_scopes_of(depends),
        parent_oauth_scopes=[*(dependant.parent_oauth_scopes or ()), *(dependant.own_oauth_scopes or ())],
        use_cache=depends.use_cache,
        scope=scope,
        concurrency=depends._concurrency,
        parallel=depends.parallel,
    )


def _scopes_of(depends: params.Depends) -> list[str]:
    return list(depends.scopes or ()) if isinstance(depends, params.Security) else []


def _parameters(call: Callable[..., Any]) -> list[inspect.Parameter]:
    if not callable(call):
        raise NotCallable(given=call)
    try:
        return typed_parameters(call)
    except ValueError as error:
        raise NoSignature(given=call, reason=str(error)) from error


class _Way:
    """The analysis of one tree: which calls it is inside of, and what it read of those that it has met."""

    def __init__(self) -> None:
        self.calls: list[Callable[..., Any]] = []
        self._ids: set[int] = set()
        self._parameters: dict[int, tuple[Callable[..., Any], list[inspect.Parameter]]] = {}
        """By the id of a call, which is kept so that its id stays its own: one may be needed in many places."""
        self._path_names: dict[str, set[str]] = {}

    def enter(self, call: Callable[..., Any]) -> None:
        if id(call) in self._ids:
            refuse_cycle(self.calls, call)
        self.calls.append(call)
        self._ids.add(id(call))

    def leave(self) -> None:
        self._ids.discard(id(self.calls.pop()))

    def parameters(self, call: Callable[..., Any]) -> list[inspect.Parameter]:
        known = self._parameters.get(id(call))
        if known is None:
            known = self._parameters[id(call)] = call, _parameters(call)
        return known[1]

    def path_names(self, path: str) -> set[str]:
        if path not in self._path_names:
            self._path_names[path] = get_path_param_names(path)
        return self._path_names[path]


_current_way: ContextVar[_Way | None] = ContextVar("zonda_dependencies_on_the_way", default=None)


@contextmanager
def _on_the_way(call: Callable[..., Any]) -> Iterator[_Way]:
    """Refuse a dependency below itself, which would be analysed without end."""
    way = _current_way.get()
    token = None
    if way is None:
        way = _Way()
        token = _current_way.set(way)
    try:
        way.enter(call)
        try:
            yield way
        finally:
            way.leave()
    finally:
        if token is not None:
            _current_way.reset(token)


def refuse_cycle(above: Sequence[Any], call: Callable[..., Any]) -> None:
    """Raise if `call` is one of those that need it, outermost first."""
    start = next((index for index, item in enumerate(above) if item is call), None)
    if start is not None:
        names = [name_of(item) for item in (*above[start:], call)]
        raise DependencyCycle(dependency=name_of(call), cycle=" → ".join(names))
