"""This module works out what a route knows about itself: its path, its dependency tree, its fields for what leaves.

An `APIRoute` and the same route seen through an included router are described alike, so that everything after
this (the plan, OpenAPI, tools that read attributes) need not know which of the two it has.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from enum import IntEnum
from typing import Any

from pydantic import BaseModel
from starlette.convertors import CONVERTOR_TYPES, Convertor
from starlette.responses import Response
from starlette.routing import PARAM_REGEX, compile_path, get_name

from zonda.analysis.annotations import lenient_issubclass
from zonda.analysis.bodies import get_body_field, get_flat_body_params, should_embed_body_fields
from zonda.analysis.calls import is_generator
from zonda.analysis.dependant import Dependant
from zonda.analysis.dependencies import (
    get_dependant,
    get_parameterless_sub_dependant,
)
from zonda.analysis.fields import ModelField, create_model_field
from zonda.analysis.mistakes import declaring
from zonda.analysis.signatures import get_stream_item_type, get_typed_return_annotation
from zonda.datastructures import DefaultPlaceholder, unmarked
from zonda.own_options import OwnOptions
from zonda.params import Depends
from zonda.routing.attributes import KEPT_AS_GIVEN
from zonda.routing.limits import check_form_limits, check_max_body_size
from zonda.sse import EventSourceResponse
from zonda.utils import is_body_allowed_for_status_code


def route_state(route: Any, path: str, endpoint: Callable[..., Any], options: Mapping[str, Any]) -> dict[str, Any]:
    """The attributes of a route, by name. `route` is what a function that makes unique ids is given."""
    if not callable(endpoint):
        raise AssertionError("An endpoint must be a callable")
    methods = ",".join(sorted(options["methods"] or ("GET",)))
    with declaring(f"{methods} {path}", endpoint):
        return _route_state(route, path, endpoint, options)


def _route_state(route: Any, path: str, endpoint: Callable[..., Any], options: Mapping[str, Any]) -> dict[str, Any]:
    state: dict[str, Any] = {"path": path, "endpoint": endpoint}
    state |= {name: options[name] for name in KEPT_AS_GIVEN}
    state |= _identity(path, endpoint, options)
    state |= {
        "tags": list(options["tags"] or ()),
        "responses": dict(options["responses"] or {}),
        "dependencies": list(options["dependencies"] or ()),
        "description": _description(endpoint, options["description"]),
        "max_body_size": check_max_body_size(options["max_body_size"]),
        "form_limits": check_form_limits(options["form_limits"]),
        "own": OwnOptions.of(options),
        "dependant": dependant_of(state["path_format"], endpoint, options["dependencies"] or ()),
    }
    state |= _results(endpoint, options)
    vars(route).update(state)  # what makes unique ids reads them
    state["unique_id"] = options["operation_id"] or unmarked(options["generate_unique_id_function"])(route)
    state |= _response_fields(state)
    if state["own"].route_options():
        from zonda.analysis.steps import bound_steps, join_steps

        vars(route).update(state)  # what options look at
        state["steps"] = bound_steps(route, state["own"].route_options())
        join_steps(state["dependant"], state["steps"])
    state |= body_of(state["dependant"], state["unique_id"])
    return state


def dependant_of(path_format: str, call: Callable[..., Any], dependencies: Sequence[Depends]) -> Dependant:
    """The dependency tree of an endpoint; the dependencies without a parameter come first."""
    dependant = get_dependant(path=path_format, call=call, scope="function")
    dependant.dependencies[:0] = [
        get_parameterless_sub_dependant(depends=depends, path=path_format) for depends in dependencies
    ]
    return dependant


def body_of(dependant: Dependant, name: str) -> dict[str, Any]:
    """How the body is validated as a whole."""
    body_params = get_flat_body_params(dependant)
    embed = should_embed_body_fields(body_params)
    field = get_body_field(body_params=body_params, name=name, embed_body_fields=embed)
    return {"_embed_body_fields": embed, "body_field": field}


def _identity(path: str, endpoint: Callable[..., Any], options: Mapping[str, Any]) -> dict[str, Any]:
    path_format, param_convertors = template_of(path)
    return {
        "name": get_name(endpoint) if options["name"] is None else options["name"],
        "methods": {method.upper() for method in options["methods"] or ("GET",)},
        "path_format": path_format,
        "param_convertors": param_convertors,
    }


def template_of(path: str) -> tuple[str, dict[str, Convertor[Any]]]:
    """A path without its convertors, and those by the names of their parameters.

    What Starlette's `compile_path` says without the regex, which a compiled route never needs.
    """
    convertors: dict[str, Convertor[Any]] = {}
    for name, kind in PARAM_REGEX.findall(path):
        if name in convertors:
            compile_path(path)  # raises, and names every parameter that is there twice
        kind = kind.lstrip(":") or "str"
        if kind not in CONVERTOR_TYPES:
            raise AssertionError(f"Unknown path convertor '{kind}'")
        convertors[name] = CONVERTOR_TYPES[kind]
    return PARAM_REGEX.sub(r"{\1}", path), convertors


def _description(endpoint: Callable[..., Any], given: str | None) -> str:
    """The given text, else the docstring up to a form feed."""
    text = given or inspect.cleandoc(endpoint.__doc__ or "")
    return text.split("\f")[0].strip()


def _results(endpoint: Callable[..., Any], options: Mapping[str, Any]) -> dict[str, Any]:
    """What leaves, as the user said it: `response_model`, else the return annotation, else nothing."""
    response_class = options["response_class"]
    yields = is_generator(endpoint)
    is_json_stream = yields and isinstance(response_class, DefaultPlaceholder)
    is_sse_stream = yields and lenient_issubclass(response_class, EventSourceResponse)
    response_model, item_type = options["response_model"], None
    if isinstance(response_model, DefaultPlaceholder):
        response_model = get_typed_return_annotation(endpoint)
        if lenient_issubclass(response_model, Response):
            response_model = None
        item = get_stream_item_type(response_model) if yields else None
        if item is not None:
            from zonda.sse import ServerSentEvent

            response_model = None
            has_model = (is_json_stream or is_sse_stream) and not lenient_issubclass(item, ServerSentEvent)
            item_type = item if has_model else None
    status_code = options["status_code"]
    # A route that is included keeps the type of its items, whatever class the inclusion gives it.
    item_type = item_type or options.get("stream_item_type")
    return _of_the_rare({"stream_item_type": item_type}) | {
        "response_model": response_model,
        "status_code": int(status_code) if isinstance(status_code, IntEnum) else status_code,
        "is_sse_stream": is_sse_stream,
        "is_json_stream": is_json_stream,
    }


def _response_fields(state: Mapping[str, Any]) -> dict[str, Any]:
    unique_id = state["unique_id"]
    rare = {
        "stream_item_field": _serialised(f"StreamItem_{unique_id}", state.get("stream_item_type"), None),
        "error_fields": _error_fields(unique_id, state["own"]),
    }
    return _of_the_rare(rare) | {
        "response_field": _serialised(f"Response_{unique_id}", state["response_model"], state["status_code"]),
        "response_fields": _additional_response_fields(unique_id, state["responses"]),
    }


def _of_the_rare(state: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in state.items() if value}


def _serialised(name: str, model: Any, status_code: int | str | None) -> ModelField | None:
    if not model:
        return None
    if not is_body_allowed_for_status_code(status_code):
        raise AssertionError(f"Status code {status_code} must not have a response body")
    return create_model_field(name=name, type_=model, mode="serialization")


def _error_fields(unique_id: str, own: OwnOptions) -> dict[type[BaseModel], ModelField]:
    """The fields of the models that `errors=` answers with."""
    answers = own.errors.answers() if own.errors is not None else ()
    return {
        answer.model: create_model_field(
            name=f"Error_{answer.status}_{unique_id}", type_=answer.model, mode="serialization"
        )
        for answer in answers
        if answer.model is not None
    }


def _additional_response_fields(unique_id: str, responses: Mapping[int | str, Any]) -> dict[int | str, ModelField]:
    fields = {}
    for status_code, response in responses.items():
        if not isinstance(response, dict):
            raise AssertionError("An additional response must be a dict")
        field = _serialised(f"Response_{status_code}_{unique_id}", response.get("model"), status_code)
        if field is not None:
            fields[status_code] = field
    return fields
