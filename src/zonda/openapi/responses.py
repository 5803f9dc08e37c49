"""This module describes the responses of an operation."""

from __future__ import annotations

import http.client
import inspect
from collections.abc import Callable
from copy import deepcopy
from functools import lru_cache
from typing import Any

from starlette.responses import JSONResponse, Response

from zonda.analysis.annotations import lenient_issubclass
from zonda.datastructures import unmarked
from zonda.openapi.constants import REF_PREFIX
from zonda.openapi.routes import RouteLike
from zonda.openapi.schemas import Schemas
from zonda.sse import _SSE_EVENT_SCHEMA
from zonda.utils import deep_dict_update, is_body_allowed_for_status_code

validation_error_definition: dict[str, Any] = {
    "title": "ValidationError",
    "type": "object",
    "properties": {
        "loc": {"title": "Location", "type": "array", "items": {"anyOf": [{"type": "string"}, {"type": "integer"}]}},
        "msg": {"title": "Message", "type": "string"},
        "type": {"title": "Error Type", "type": "string"},
        "input": {"title": "Input"},
        "ctx": {"title": "Context", "type": "object"},
    },
    "required": ["loc", "msg", "type"],
}

validation_error_response_definition: dict[str, Any] = {
    "title": "HTTPValidationError",
    "type": "object",
    "properties": {
        "detail": {"title": "Detail", "type": "array", "items": {"$ref": f"{REF_PREFIX}ValidationError"}},
    },
}

validation_error_definitions: dict[str, Any] = {
    "ValidationError": validation_error_definition,
    "HTTPValidationError": validation_error_response_definition,
}

status_code_ranges: dict[str, str] = {
    "1XX": "Information",
    "2XX": "Success",
    "3XX": "Redirection",
    "4XX": "Client Error",
    "5XX": "Server Error",
    "DEFAULT": "Default Response",
}

VALIDATION_ERROR_STATUS = "422"
_REPLACES_VALIDATION_ERROR = {VALIDATION_ERROR_STATUS, "4XX", "default"}
"""Who documents one of these says what a client gets for wrong input."""


def response_class_of(route: RouteLike) -> type[Response]:
    response_class = unmarked(route.response_class)
    if not response_class:
        raise AssertionError("A response class is needed to generate OpenAPI")
    return response_class  # type: ignore[no-any-return]  # the attribute is the user's


def describe_responses(route: RouteLike, schemas: Schemas) -> dict[str, Any]:
    """The declared response, then those of `responses=`, by status code."""
    response_class = response_class_of(route)
    responses: dict[str, Any] = {_status_code(route, response_class): _main_response(route, response_class, schemas)}
    for status_code, additional in (route.responses or {}).items():
        key = str(status_code).upper()
        described = responses.setdefault("default" if key == "DEFAULT" else key, {})
        added = _additional_response(route, status_code, additional, response_class, schemas)
        status_text = _status_text(status_code)  # asked first: it is here that a key which is no status is found
        description = added.get("description") or described.get("description") or status_text
        deep_dict_update(described, added)
        described["description"] = description
    return responses


def can_fail_validation(responses: dict[str, Any]) -> bool:
    """Whether FastAPI's own error is documented for input that does not validate."""
    return _REPLACES_VALIDATION_ERROR.isdisjoint(responses)


def validation_error_response() -> dict[str, Any]:
    content = {"application/json": {"schema": {"$ref": f"{REF_PREFIX}HTTPValidationError"}}}
    return {"description": "Validation Error", "content": content}


def _status_code(route: RouteLike, response_class: type[Response]) -> str:
    """The route's own, else what the response class sends by itself (a redirect 307)."""
    if route.status_code is not None:
        return str(route.status_code)
    return _default_status(response_class.__init__)


@lru_cache(maxsize=256)
def _default_status(initialise: Callable[..., None]) -> str:
    parameter = inspect.signature(initialise).parameters.get("status_code")
    is_known = parameter is not None and isinstance(parameter.default, int)
    return str(parameter.default) if parameter is not None and is_known else "200"


def _main_response(route: RouteLike, response_class: type[Response], schemas: Schemas) -> dict[str, Any]:
    described: dict[str, Any] = {"description": route.response_description}
    if is_body_allowed_for_status_code(route.status_code):
        content = _main_content(route, response_class, schemas)
        if content:
            described["content"] = content
    return described


def _main_content(route: RouteLike, response_class: type[Response], schemas: Schemas) -> dict[str, Any]:
    item = route.stream_item_field
    if route.is_sse_stream:
        return {"text/event-stream": {"itemSchema": _event_schema(schemas.of(item) if item else None)}}
    if route.is_json_stream:
        return {"application/jsonl": {"itemSchema": schemas.of(item) if item else {}}}
    if not response_class.media_type:
        return {}
    schema: dict[str, Any] = {"type": "string"}
    if lenient_issubclass(response_class, JSONResponse):
        schema = schemas.of(route.response_field) if route.response_field else {}
    return {response_class.media_type: {"schema": schema}}


def _event_schema(data: dict[str, Any] | None) -> dict[str, Any]:
    """A server-sent event; its data is JSON of a known schema, or any text."""
    schema = deepcopy(_SSE_EVENT_SCHEMA)
    if data is not None:
        schema["properties"]["data"] |= {"contentMediaType": "application/json", "contentSchema": data}
        schema["required"] = ["data"]
    return schema


def _additional_response(
    route: RouteLike,
    status_code: int | str,
    declared: dict[str, Any],
    response_class: type[Response],
    schemas: Schemas,
) -> dict[str, Any]:
    """What `responses=` says about one status, its `model` turned into a schema."""
    added = {key: value for key, value in declared.items() if key != "model"}
    field = route.response_fields.get(status_code)
    if field is not None:
        media_type = response_class.media_type or "application/json"
        content = added["content"] = dict(added.get("content", {}))
        content[media_type] = dict(content.get(media_type, {}))
        schema = content[media_type]["schema"] = dict(content[media_type].get("schema", {}))
        deep_dict_update(schema, schemas.of(field))
    return added


def _status_text(status_code: int | str) -> str:
    text = status_code_ranges.get(str(status_code).upper()) or http.client.responses.get(int(status_code))
    return text or "Additional Response"
