"""This module makes the OpenAPI document of a list of routes; its names and signatures are FastAPI's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from zonda.encoders import jsonable_encoder
from zonda.openapi.constants import METHODS_WITH_BODY, REF_PREFIX, REF_TEMPLATE
from zonda.openapi.operations import (
    describe_path,
    describe_request_body,
    generate_operation_id,
    generate_operation_summary,
    get_openapi_operation_metadata,
)
from zonda.openapi.parameters import (
    _get_openapi_operation_parameters,
    get_openapi_security_definitions,
)
from zonda.openapi.responses import (
    status_code_ranges,
    validation_error_definition,
    validation_error_response_definition,
)
from zonda.openapi.routes import RouteLike, operations_of
from zonda.openapi.schemas import (
    FieldMapping,
    ModelNameMap,
    Schemas,
    get_definitions,
    get_flat_models_from_fields,
    get_model_name_map,
    get_schema_from_model_field,
)
from zonda.openapi.trees import Trees, _get_openapi_dependency_data

if TYPE_CHECKING:
    from zonda.analysis.fields import ModelField

__all__ = [
    "METHODS_WITH_BODY",
    "REF_PREFIX",
    "REF_TEMPLATE",
    "_get_openapi_dependency_data",
    "_get_openapi_operation_parameters",
    "_get_openapi_security_definitions",
    "generate_operation_id",
    "generate_operation_summary",
    "get_definitions",
    "get_fields_from_routes",
    "get_flat_models_from_fields",
    "get_model_name_map",
    "get_openapi",
    "get_openapi_operation_metadata",
    "get_openapi_operation_request_body",
    "get_openapi_path",
    "get_openapi_security_definitions",
    "get_schema_from_model_field",
    "status_code_ranges",
    "validation_error_definition",
    "validation_error_response_definition",
]

_get_openapi_security_definitions = get_openapi_security_definitions


def get_openapi(
    *,
    title: str,
    version: str,
    openapi_version: str = "3.1.0",
    summary: str | None = None,
    description: str | None = None,
    routes: Sequence[Any],
    webhooks: Sequence[Any] | None = None,
    tags: list[dict[str, Any]] | None = None,
    servers: list[dict[str, str | Any]] | None = None,
    terms_of_service: str | None = None,
    contact: dict[str, str | Any] | None = None,
    license_info: dict[str, str | Any] | None = None,
    separate_input_output_schemas: bool = True,
    external_docs: dict[str, Any] | None = None,
    corrections: bool = False,
    problem_details: bool = False,
) -> dict[str, Any]:
    """The document for `routes`, which may be those of an application or contexts of them.

    `corrections` documents what FastAPI leaves out: the request body of QUERY operations, and components that
    only callbacks refer to; a document with keywords of OpenAPI 3.2 then says that it is one. `problem_details`
    documents errors as problems of RFC 9457.
    """
    from zonda.openapi.models import OpenAPI

    paths, hooks, components = _described(
        list(operations_of(routes)),
        list(operations_of(webhooks or ())),
        separate_input_output_schemas,
        corrections=corrections,
        problem_details=problem_details,
    )
    # A version that the application chose itself stays.
    if corrections and openapi_version == "3.1.0" and _is_3_2([*paths.values(), *hooks.values()]):
        openapi_version = "3.2.0"
    document: dict[str, Any] = {
        "openapi": openapi_version,
        "info": {"title": title, "version": version}
        | _given(
            summary=summary,
            description=description,
            termsOfService=terms_of_service,
            contact=contact,
            license=license_info,
        ),
        "paths": paths,
    }
    document |= _given(servers=servers, webhooks=hooks, components=components, tags=tags, externalDocs=external_docs)
    validated = OpenAPI(**document)
    del document, paths, hooks, components  # PERF: their memory is what the result is written into
    result: dict[str, Any] = jsonable_encoder(validated, by_alias=True, exclude_none=True)
    return result


def _described(
    paths: list[RouteLike], hooks: list[RouteLike], separate: bool, *, corrections: bool, problem_details: bool
) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """The operations by path, those of webhooks, and what all of them refer to."""
    trees = Trees()
    fields = _fields_of([*paths, *hooks], trees)
    field_mapping, definitions = get_definitions(
        fields=fields, model_name_map={}, separate_input_output_schemas=separate
    )
    gathered = _Gathered(Schemas(field_mapping, separate, trees), definitions, corrections, problem_details)
    return gathered.describe(paths), gathered.describe(hooks), gathered.components()


def _is_3_2(paths: Iterable[Mapping[str, Any]]) -> bool:
    """Whether there is what OpenAPI 3.1 does not know: QUERY operations, or the items of streams."""
    return any(
        method == "query" or _streams_items(operation) or any(map(_is_3_2, _callbacks_of(operation)))
        for path in paths
        for method, operation in path.items()
    )


def _callbacks_of(operation: Mapping[str, Any]) -> Iterator[Iterable[Mapping[str, Any]]]:
    return (paths.values() for paths in operation.get("callbacks", {}).values())


def _streams_items(operation: Mapping[str, Any]) -> bool:
    answers = operation.get("responses", {}).values()
    return any("itemSchema" in media for answer in answers for media in answer.get("content", {}).values())


def _given(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value}


class _Gathered:
    """What all operations of a document share, gathered while they are described."""

    def __init__(self, schemas: Schemas, definitions: dict[str, Any], corrections: bool, problem_details: bool) -> None:
        self.schemas = schemas
        self.problem_details = problem_details
        self.definitions = definitions
        self.corrections = corrections
        self.security_schemes: dict[str, Any] = {}
        self.operation_ids: set[str] = set()

    def describe(self, routes: Iterable[RouteLike]) -> dict[str, Any]:
        """The operations by path, for paths or webhooks."""
        described: dict[str, Any] = {}
        for route in routes:
            path = describe_path(
                route,
                self.schemas,
                self.operation_ids,
                corrections=self.corrections,
                problem_details=self.problem_details,
            )
            if path.operations:
                described.setdefault(route.path_format, {}).update(path.operations)
            self.security_schemes |= path.security_schemes
            self.definitions |= path.definitions
        return described

    def components(self) -> dict[str, Any]:
        schemas = {name: self.definitions[name] for name in sorted(self.definitions)}
        return _given(schemas=schemas, securitySchemes=self.security_schemes)


def get_fields_from_routes(routes: Sequence[Any]) -> list[ModelField]:
    """All fields that need a schema, of the routes that are documented."""
    return _fields_of(operations_of(routes), Trees())


def _fields_of(routes: Iterable[RouteLike], trees: Trees) -> list[ModelField]:
    bodies: list[ModelField] = []
    responses: list[ModelField] = []
    parameters: list[ModelField] = []
    callbacks: list[ModelField] = []
    for route in routes:
        if not route.include_in_schema:
            continue
        if route.body_field:
            bodies.append(route.body_field)
        if route.response_field:
            responses.append(route.response_field)
        responses.extend(route.response_fields.values())
        responses.extend(getattr(route, "error_fields", {}).values())
        if route.stream_item_field:
            responses.append(route.stream_item_field)
        callbacks.extend(_fields_of(operations_of(route.callbacks or ()), trees))
        parameters.extend(parameter.field for _, parameter in trees.of(route.dependant).documented)
    return [*callbacks, *bodies, *responses, *parameters]


def get_openapi_operation_request_body(
    *,
    body_field: ModelField | None,
    model_name_map: ModelNameMap,
    field_mapping: FieldMapping,
    separate_input_output_schemas: bool = True,
) -> dict[str, Any] | None:
    if not body_field:
        return None
    return describe_request_body(body_field, Schemas(field_mapping, separate_input_output_schemas))


def get_openapi_path(
    *,
    route: RouteLike,
    operation_ids: set[str],
    model_name_map: ModelNameMap,
    field_mapping: FieldMapping,
    separate_input_output_schemas: bool = True,
) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """The operations of one route, its security schemes, and the definitions it adds."""
    schemas = Schemas(field_mapping, separate_input_output_schemas)
    path = describe_path(route, schemas, operation_ids)
    return path.operations, path.security_schemes, path.definitions
