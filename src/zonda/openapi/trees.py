"""This module gathers what dependency trees say about parameters and security."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from zonda.analysis.dependant import get_oauth_scopes, is_security_scheme
from zonda.analysis.models import allows_none, model_fields, param_model, request_names
from zonda.analysis.tree import walk

if TYPE_CHECKING:
    from zonda.analysis.dependant import Dependant
    from zonda.analysis.fields import ModelField


class _OpenAPIDependencyData:
    """What an operation needs from its whole dependency tree."""

    def __init__(self) -> None:
        self.path_params: list[ModelField] = []
        self.query_params: list[ModelField] = []
        self.header_params: list[ModelField] = []
        self.cookie_params: list[ModelField] = []
        self.security_dependencies: list[tuple[Dependant, list[str]]] = []

    @cached_property
    def documented(self) -> list[tuple[str, DocumentedParameter]]:
        """The parameters with their sources, in the order in which they are documented."""
        return [
            (source, parameter) for source, fields in self.by_source() for parameter in documented_parameters(fields)
        ]

    def by_source(self) -> Iterator[tuple[str, list[ModelField]]]:
        """The parameters in the order in which they are documented."""
        yield "path", self.path_params
        yield "query", self.query_params
        yield "header", self.header_params
        yield "cookie", self.cookie_params


def _get_openapi_dependency_data(dependant: Dependant) -> _OpenAPIDependencyData:
    """The parameters and security schemes of a dependency tree; a dependency that is shared counts once."""
    data = _OpenAPIDependencyData()
    for item in walk(dependant):
        data.path_params.extend(item.path_params)
        data.query_params.extend(item.query_params)
        data.header_params.extend(item.header_params)
        data.cookie_params.extend(item.cookie_params)
        if is_security_scheme(dependant=item):
            data.security_dependencies.append((item, get_oauth_scopes(dependant=item)))
    return data


class Trees:
    """The trees of one document, each read once although several chapters ask."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[Dependant, _OpenAPIDependencyData]] = {}
        """By the id of a tree, which is kept so that its id stays its own."""

    def of(self, dependant: Dependant) -> _OpenAPIDependencyData:
        known = self._known.get(id(dependant))
        if known is None:
            known = self._known[id(dependant)] = dependant, _get_openapi_dependency_data(dependant)
        return known[1]


class DocumentedParameter:
    """One parameter as a client sees it: declared by itself, or a field of a parameter model."""

    __slots__ = ("declared", "field", "name", "title")

    def __init__(self, field: ModelField, declared: ModelField, name: str, title: str) -> None:
        self.field = field
        self.declared = declared
        """What the user declared: the field itself, or the parameter model that it belongs to."""
        self.name = name
        """The first of the names that a request may use."""
        self.title = title
        """The name that the title is made from: a field of a header model keeps its underscores there."""

    @property
    def is_required(self) -> bool:
        """A group that may be left out as a whole asks for none of its fields."""
        is_in_group = self.declared is not self.field
        if is_in_group and allows_none(self.declared) and not self.declared.field_info.is_required():
            return False
        return self.field.field_info.is_required()


def documented_parameters(fields: Iterable[ModelField]) -> Iterator[DocumentedParameter]:
    """The parameters, with those that are models spread into their fields."""
    for declared in fields:
        model = param_model(declared)
        convert = model is not None and getattr(declared.field_info, "convert_underscores", False)
        for single in [declared] if model is None else model_fields(model):
            title, name = request_names(single, convert_underscores=convert)[0]
            yield DocumentedParameter(single, declared, name, title)
