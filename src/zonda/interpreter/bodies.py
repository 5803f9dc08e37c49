"""This module reads the parameters of a body: JSON keys, form fields, files, form models."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from pydantic import BaseModel
from pydantic_core import PydanticUndefined
from starlette.datastructures import FormData

from zonda.analysis.fields import ModelField, get_missing_field_error, serialize_sequence_value
from zonda.analysis.models import allows_none, model_fields
from zonda.analysis.plan import BodyParameterPlan, ModelFieldPlan
from zonda.analysis.sources import plan_body_parameter, plan_model_fields
from zonda.interpreter.extraction import Errors, absent_value, extras, first_present, model_values, with_request_names
from zonda.runtime.forms import each_file_bytes, file_bytes
from zonda.runtime.groups import is_empty_upload


async def request_body_to_args(
    body_fields: Sequence[ModelField], received_body: Any, embed_body_fields: bool
) -> tuple[dict[str, Any], list[Any]]:
    """The values of body parameters, by name, and what is wrong with them."""
    parameters = [plan_body_parameter(field) for field in body_fields]
    if not embed_body_fields and len(parameters) == 1 and not parameters[0].is_form:
        return _read_whole(parameters[0], received_body)
    values: dict[str, Any] = {}
    errors: Errors = []
    for parameter in parameters:
        value, wrong = await _read_key(parameter, received_body)
        if wrong:
            errors += wrong
        else:
            values[parameter.name] = value
    return values, errors


def _read_whole(parameter: BodyParameterPlan, body: Any) -> tuple[dict[str, Any], Errors]:
    """The only parameter is the body."""
    field = parameter.field
    value, errors = _validated(field, body, ("body",))
    return {field.name: value}, errors


def _validated(field: ModelField, value: Any, location: tuple[str, ...]) -> tuple[Any, Errors]:
    return absent_value(field, location) if value is PydanticUndefined else field.validate(value, {}, loc=location)


async def _read_key(parameter: BodyParameterPlan, body: Any) -> tuple[Any, Errors]:
    """A parameter that is a key of an object, a field of a form, or a model spread over a form."""
    if parameter.form_models and isinstance(body, FormData):
        return _read_form_model(parameter, body)
    names, field = parameter.request_names, parameter.field
    keys = _keys_of(body)
    if keys is None:
        return None, [get_missing_field_error(("body", names[0][1]))]
    if isinstance(keys, FormData):
        value, pair = await _form_value(parameter, keys)
    else:
        pair = next((pair for pair in names if pair[0] in keys), None)
        value = PydanticUndefined if pair is None else keys[pair[0]]
    return _validated(field, value, ("body", (pair or names[0])[1]))


def _keys_of(body: Any) -> Any:
    """What the parameters are looked up in; None if the body is JSON of another kind."""
    if isinstance(body, dict | FormData):
        return body
    return {} if body is PydanticUndefined or isinstance(body, bytes) else None


async def _form_value(parameter: BodyParameterPlan, form: FormData) -> tuple[Any, tuple[str, str] | None]:
    """A form's field or file: an empty text and an empty file input are as good as none."""
    value, pair = first_present(parameter.request_names, form, is_sequence=parameter.is_sequence)
    value = filled_in(value)
    if value is None:
        return PydanticUndefined, pair
    if not parameter.reads_bytes:
        return value, pair
    if not parameter.is_sequence:
        return await file_bytes(value), pair
    return serialize_sequence_value(field=parameter.field, value=await each_file_bytes(value)), pair


def filled_in(value: Any) -> Any:
    """What was sent for a field of a form; None if it was left empty."""
    if isinstance(value, list):
        return [item for item in value if not is_empty_upload(item)] or None
    return None if value == "" or is_empty_upload(value) else value


def _read_form_model(parameter: BodyParameterPlan, form: FormData) -> tuple[Any, Errors]:
    """A model, or a union of models, whose fields are fields of the form."""
    field = parameter.field
    branches = zip(parameter.form_models, parameter.form_branches, strict=True)
    if allows_none(field) and not any(_is_supplied(model, fields, form) for model, fields in branches):
        return _validated(field, PydanticUndefined, ("body",))
    if len(parameter.form_models) > 1:
        return field.validate(extras(form, set()), {}, loc=("body",))  # each branch reads it for itself
    (fields,) = parameter.form_branches
    value, errors = field.validate(_normalised(fields, form), {}, loc=("body",))
    return value, with_request_names(errors, fields)


def _is_supplied(model: type[BaseModel], fields: Iterable[ModelFieldPlan], form: FormData) -> bool:
    """Whether the form has a field of the model, or anything at all for a model that minds."""
    names = {name for item in fields for name, _ in item.request_names}
    if any(name in form for name in names):
        return True
    return model.model_config.get("extra") in {"allow", "forbid"} and bool(form)


def is_form_model_supplied(model: type[BaseModel], received_body: FormData) -> bool:
    """Whether a form has anything for an optional model."""
    return _is_supplied(model, plan_model_fields(model_fields(model)), received_body)


def _normalised(fields: tuple[ModelFieldPlan, ...], form: FormData) -> dict[str, Any]:
    """The form as the model validates it: what was left empty is absent, lists are made where lists are wanted."""
    values, used = model_values(fields, form, filled_in)
    return {**values, **extras(form, used)}
