"""This module describes the parameters and the security of an operation, gathered from its dependency tree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from zonda.analysis.dependant import get_security_scheme
from zonda.datastructures import _Unset
from zonda.encoders import jsonable_encoder
from zonda.openapi.schemas import FieldMapping, ModelNameMap, Schemas
from zonda.openapi.trees import DocumentedParameter, _OpenAPIDependencyData

if TYPE_CHECKING:
    from zonda.analysis.dependant import Dependant


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
    for source, parameter in data.documented:
        if getattr(parameter.declared.field_info, "include_in_schema", True):
            yield _describe_parameter(source, parameter, schemas)


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
