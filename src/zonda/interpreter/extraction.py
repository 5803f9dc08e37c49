"""This module reads parameters from a request's parts, one field after the other, and validates each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import deepcopy
from typing import Any

from pydantic_core import PydanticUndefined
from starlette.datastructures import Headers, ImmutableMultiDict, QueryParams

from zonda import params
from zonda.analysis.annotations import field_annotation_is_sequence
from zonda.analysis.fields import ModelField, get_missing_field_error
from zonda.analysis.models import allows_none
from zonda.analysis.plan import ModelFieldPlan, ParameterPlan, Source
from zonda.analysis.sources import plan_parameter
from zonda.params import ParamTypes

Errors = list[dict[str, Any]]
Received = Mapping[str, Any] | QueryParams | Headers


def request_params_to_args(fields: Sequence[ModelField], received_params: Received) -> tuple[dict[str, Any], list[Any]]:
    """The values of parameters outside the body, by name, and what is wrong with them."""
    values: dict[str, Any] = {}
    errors: Errors = []
    for field in fields:
        parameter = plan_parameter(field, _source_of(field))
        read = _read_value if parameter.model is None else _read_model
        value, wrong = read(parameter, received_params)
        if wrong:
            errors += wrong
        else:
            values[field.name] = value
    return values, errors


def first_present(
    names: Iterable[tuple[str, str]], received: Any, *, is_sequence: bool, empty_is_absent: bool = False
) -> tuple[Any, tuple[str, str] | None]:
    """The value under the first name that is present, and that name with its other form.

    `empty_is_absent`: one value that ought to be several, as in a cookie, is no value when it is empty.
    """
    for pair in names:
        value = value_of(received, pair[0], is_sequence=is_sequence)
        if value is not None and not (empty_is_absent and value == ""):
            return value, pair
    return None, None


def value_of(received: Any, name: str, *, is_sequence: bool) -> Any:
    """One value, or all of a name that may be repeated; None if there is none."""
    if is_sequence and isinstance(received, (ImmutableMultiDict, Headers)):
        return received.getlist(name) or None
    return received.get(name)


def multidict_value(field: ModelField, values: Any, alias: str) -> Any:
    """What was sent for a field under one name, PydanticUndefined if nothing was: for a form also an empty text."""
    value = value_of(values, alias, is_sequence=field_annotation_is_sequence(field.field_info.annotation))
    is_left_empty = isinstance(field.field_info, params.Form) and value == ""
    return PydanticUndefined if value is None or value == [] or is_left_empty else value


def absent_value(field: ModelField, location: tuple[str, ...]) -> tuple[Any, Errors]:
    """What stands for a value that was not sent: the default, validated only if that was asked for."""
    if field.required:
        return None, [get_missing_field_error(location)]
    default = deepcopy(field.get_default())
    return field.validate(default, {}, loc=location) if field.field_info.validate_default else (default, [])


def extras(received: Any, known: set[str]) -> dict[str, Any]:
    """What was sent under names that no field of a model has: one value, or a list of several."""
    found: dict[str, list[Any]] = {}
    for name, value in pairs_of(received):
        if name not in known:
            found.setdefault(name, []).append(value)
    return {name: values[0] if len(values) == 1 else values for name, values in found.items()}


def pairs_of(received: Any) -> Iterable[tuple[str, Any]]:
    """Everything that was sent, in order, repeated names repeatedly."""
    pairs: Iterable[tuple[str, Any]] = (
        received.multi_items() if isinstance(received, ImmutableMultiDict) else received.items()
    )
    return pairs


def model_values(
    fields: Iterable[ModelFieldPlan], received: Any, accept: Callable[[Any], Any] = lambda value: value
) -> tuple[dict[str, Any], set[str]]:
    """What was sent for a model's fields, under the names that it validates, and the names that are used up by them.

    `accept` gives None for a value that is as good as absent. Choices after the first that is present are not used.
    """
    values: dict[str, Any] = {}
    used: set[str] = set()
    spell: Callable[[str], str] = str.lower if isinstance(received, Headers) else str
    for item in fields:
        for name, key in item.request_names:
            if name != key:
                used.add(key)  # spelt as in Python it is neither the field nor something unknown
            sent = value_of(received, name, is_sequence=item.is_sequence)
            if sent is None:
                continue
            used.add(spell(name))
            value = None if item.empty_is_absent and sent == "" else accept(sent)
            if value is not None:
                values[key] = value
                break
    return values, used


def _source_of(field: ModelField) -> Source:
    kind = getattr(field.field_info, "in_", None)
    if not isinstance(kind, ParamTypes):
        raise AssertionError("Params must be subclasses of Param")
    return kind.value


def _read_value(parameter: ParameterPlan, received: Received) -> tuple[Any, Errors]:
    field = parameter.field
    value, pair = first_present(
        parameter.request_names,
        received,
        is_sequence=parameter.is_sequence,
        empty_is_absent=parameter.empty_is_absent,
    )
    location = (parameter.source, (pair or parameter.request_names[0])[1])
    return absent_value(field, location) if value is None else field.validate(value, {}, loc=location)


def _read_model(parameter: ParameterPlan, received: Received) -> tuple[Any, Errors]:
    """A model whose fields are parameters of their own; its `extra` policy sees everything that was sent."""
    field, model = parameter.field, parameter.model
    assert model is not None
    values, known = model_values(parameter.model_fields, received)
    others = extras(received, known)
    counts_others = model.model_config.get("extra") in {"allow", "forbid"}
    if allows_none(field) and not values and not (others and counts_others):
        return absent_value(field, (parameter.source,))
    value, errors = field.validate({**values, **others}, {}, loc=(parameter.source,))
    return value, with_request_names(errors, parameter.model_fields)


def with_request_names(errors: Errors, fields: Iterable[ModelFieldPlan]) -> Errors:
    """Errors of a model with the names that the client knows."""
    names = {key: name for item in fields for name, key in reversed(item.request_names)}
    return [
        {**error, "loc": (error["loc"][0], names.get(error["loc"][1], error["loc"][1]), *error["loc"][2:])}
        if len(error["loc"]) > 1
        else error
        for error in errors
    ]
