"""This module describes the operations of a route: one for each method."""

from __future__ import annotations

import inspect
import warnings
from copy import deepcopy
from typing import TYPE_CHECKING, Any

from zonda.extensions import Step
from zonda.openapi.constants import METHODS_WITH_BODY
from zonda.openapi.domain_errors import add_domain_errors
from zonda.openapi.parameters import (
    describe_examples,
    describe_parameters,
    get_openapi_security_definitions,
    unique_parameters,
)
from zonda.openapi.problems import (
    problem_definitions,
    problem_response,
    validation_problem_definitions,
    validation_problem_response,
)
from zonda.openapi.responses import (
    VALIDATION_ERROR_STATUS,
    can_fail_validation,
    describe_responses,
    validation_error_definitions,
    validation_error_response,
)
from zonda.openapi.routes import RouteLike, is_operation
from zonda.openapi.schemas import Schemas
from zonda.utils import deep_dict_update, generate_operation_id_for_path

if TYPE_CHECKING:
    from zonda.analysis.fields import ModelField


class PathDescription:
    """What one route adds to the document."""

    __slots__ = ("definitions", "operations", "security_schemes")

    def __init__(self) -> None:
        self.operations: dict[str, Any] = {}
        """By method, in lower case."""
        self.security_schemes: dict[str, Any] = {}
        self.definitions: dict[str, Any] = {}


def describe_path(
    route: RouteLike,
    schemas: Schemas,
    operation_ids: set[str],
    *,
    corrections: bool = False,
    problem_details: bool = False,
) -> PathDescription:
    """All operations of a route. `operation_ids` are those of the document, to find one that is there already."""
    path = PathDescription()
    if route.methods is None:
        raise AssertionError("Methods must be a list")
    if not route.include_in_schema:
        return path
    methods_with_body = METHODS_WITH_BODY | {"QUERY"} if corrections else METHODS_WITH_BODY
    for method in route.methods:
        operation = get_openapi_operation_metadata(route=route, method=method, operation_ids=operation_ids)
        _add_security_and_parameters(operation, path, route, schemas)
        if method in methods_with_body and route.body_field:
            operation["requestBody"] = describe_request_body(route.body_field, schemas)
        if route.callbacks:
            operation["callbacks"] = _describe_callbacks(path, route, schemas, operation_ids, corrections)
        operation["responses"] = describe_responses(route, schemas)
        if (route.body_field or schemas.trees.of(route.dependant).documented) and can_fail_validation(
            operation["responses"]
        ):
            described = validation_problem_response() if problem_details else validation_error_response()
            operation["responses"][VALIDATION_ERROR_STATUS] = described
            path.definitions |= validation_problem_definitions if problem_details else validation_error_definitions
        add_domain_errors(operation["responses"], route, schemas, problem_details=problem_details)
        if problem_details:
            operation["responses"].setdefault("default", problem_response())
            path.definitions |= problem_definitions
        for bound in getattr(route, "steps", ()):
            deep_dict_update(operation, added_by(bound.step))
        if route.openapi_extra:
            deep_dict_update(operation, route.openapi_extra)
        path.operations[method.lower()] = operation
    return path


def added_by(step: Step) -> dict[str, Any]:
    """What a step adds to its operation; a status may be a number, as in `responses=`."""
    added = deepcopy(dict(step.openapi))
    if "responses" in added:
        added["responses"] = {str(status): response for status, response in added["responses"].items()}
    return added


# What the operation is


def generate_operation_id(*, route: RouteLike, method: str) -> str:
    """The operation id that FastAPI had before routes could make their own."""
    if route.operation_id:
        return route.operation_id
    return generate_operation_id_for_path(name=route.name, path=route.path_format, method=method)


def generate_operation_summary(*, route: RouteLike, method: str) -> str:
    return route.summary or route.name.replace("_", " ").title()


def get_openapi_operation_metadata(*, route: RouteLike, method: str, operation_ids: set[str]) -> dict[str, Any]:
    """What a reader sees first; it warns of an id that another operation has."""
    own_id = route.operation_id or route.unique_id
    if own_id in operation_ids:
        _warn_of_duplicate(own_id, route)
    operation_ids.add(own_id)
    described = {
        "tags": route.tags or None,
        "summary": generate_operation_summary(route=route, method=method),
        "description": route.description or None,
        "operationId": own_id,
        "deprecated": True if route.deprecated else None,
    }
    return {key: value for key, value in described.items() if value is not None}


def _warn_of_duplicate(own_id: str, route: RouteLike) -> None:
    name = getattr(route.endpoint, "__name__", "<unnamed_endpoint>")
    module = inspect.getmodule(route.endpoint)
    file = getattr(module, "__file__", None)
    place = f" at {file}" if file else ""
    warnings.warn(f"Duplicate Operation ID {own_id} for function {name}{place}", stacklevel=1)


# What goes in


def _add_security_and_parameters(
    operation: dict[str, Any], path: PathDescription, route: RouteLike, schemas: Schemas
) -> None:
    data = schemas.trees.of(route.dependant)
    definitions, security = get_openapi_security_definitions(data.security_dependencies)
    path.security_schemes |= definitions
    if security:
        operation["security"] = security
    parameters = unique_parameters(describe_parameters(data, schemas))
    if parameters:
        operation["parameters"] = parameters


def describe_request_body(body_field: ModelField, schemas: Schemas) -> dict[str, Any]:
    info: Any = body_field.field_info
    body: dict[str, Any] = {"required": True} if info.is_required() else {}
    body["content"] = {info.media_type: {"schema": schemas.of(body_field)} | describe_examples(info)}
    return body


# What is called back


def _describe_callbacks(
    path: PathDescription, route: RouteLike, schemas: Schemas, operation_ids: set[str], corrections: bool
) -> dict[str, Any]:
    callbacks: dict[str, Any] = {}
    for callback in route.callbacks or ():
        if is_operation(callback):
            described = describe_path(callback, schemas, operation_ids, corrections=corrections)
            callbacks[callback.name] = {callback.path: described.operations}
            if corrections:
                # FastAPI refers to what only a callback needs without adding it to the components.
                path.security_schemes |= described.security_schemes
                path.definitions |= described.definitions
    return callbacks
