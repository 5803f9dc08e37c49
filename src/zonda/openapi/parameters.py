"""This module describes the parameters and the security of an operation, gathered from its dependency tree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from zonda.analysis.dependant import get_oauth_scopes, get_security_scheme, is_security_scheme
from zonda.analysis.models import allows_none, model_fields, param_model, request_names
from zonda.analysis.tree import walk
from zonda.datastructures import _Unset
from zonda.encoders import jsonable_encoder
from zonda.openapi.schemas import FieldMapping, ModelNameMap, Schemas

if TYPE_CHECKING:
    from zonda.analysis.dependant import Dependant
    from zonda.analysis.fields import ModelField


@dataclass
class _OpenAPIDependencyData:
    """What an operation needs from its whole dependency tree."""

    path_params: list[ModelField] = field(default_factory=list)
    query_params: list[ModelField] = field(default_factory=list)
    header_params: list[ModelField] = field(default_factory=list)
    cookie_params: list[ModelField] = field(default_factory=list)
    security_dependencies: list[tuple[Dependant, list[str]]] = field(default_factory=list)

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


# Parameters


def _get_openapi_operation_parameters(
    *,
    dependency_data: _OpenAPIDependencyData,
    model_name_map: ModelNameMap,
    field_mapping: FieldMapping,
    separate_input_output_schemas: bool = True,
) -> list[dict[str, Any]]:
    return list(describe_parameters(dependency_data, Schemas(field_mapping, separate_input_output_schemas)))


def describe_parameters(data: _OpenAPIDependencyData, schemas: Schemas) -> Iterator[dict[str, Any]]:
    """The parameters one by one; the same name may come twice, from two dependencies."""
    for source, fields in data.by_source():
        for parameter in documented_parameters(fields):
            if getattr(parameter.declared.field_info, "include_in_schema", True):
                yield _describe_parameter(source, parameter, schemas)


@dataclass(frozen=True, slots=True)
class DocumentedParameter:
    """One parameter as a client sees it: declared by itself, or a field of a parameter model."""

    field: ModelField
    declared: ModelField
    """What the user declared: the field itself, or the parameter model that it belongs to."""
    name: str
    """The first of the names that a request may use."""
    title: str
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


def _describe_parameter(source: str, parameter: DocumentedParameter, schemas: Schemas) -> dict[str, Any]:
    info = parameter.field.field_info
    described: dict[str, Any] = {
        "name": parameter.name,
        "in": source,
        "required": parameter.is_required,
        "schema": schemas.of(parameter.field, name=parameter.title),
    }
    if info.description:
        described["description"] = info.description
    described |= describe_examples(info)
    if info.deprecated:
        described["deprecated"] = True
    return described


def describe_examples(info: Any) -> dict[str, Any]:
    """OpenAPI's own examples beside a schema; those of JSON Schema are inside it."""
    named = getattr(info, "openapi_examples", None)
    if named:
        return {"examples": jsonable_encoder(named)}
    example = getattr(info, "example", _Unset)
    return {} if example is _Unset else {"example": jsonable_encoder(example)}


def unique_parameters(parameters: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """One parameter for each name and place: the last, or the last that is required."""
    chosen: dict[tuple[str, str], dict[str, Any]] = {}
    for parameter in parameters:
        key = (parameter["in"], parameter["name"])
        if parameter.get("required") or not chosen.get(key, {}).get("required"):
            chosen[key] = parameter
    return list(chosen.values())


# Security


def get_openapi_security_definitions(
    security_dependencies: list[tuple[Dependant, list[str]]],
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The schemes by name, and what the operation demands: every scheme with all scopes that are asked of it."""
    definitions: dict[str, Any] = {}
    scopes: dict[str, dict[str, None]] = {}
    for dependant, asked in security_dependencies:
        scheme = get_security_scheme(dependant=dependant)
        definitions[scheme.scheme_name] = jsonable_encoder(scheme.model, by_alias=True, exclude_none=True)
        scopes.setdefault(scheme.scheme_name, {}).update(dict.fromkeys(asked))
    return definitions, [{name: list(found)} for name, found in scopes.items()]
