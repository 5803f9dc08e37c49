"""This module describes a body of several parameters as one model, of which OpenAPI shows the schema.

Plain parameters are its properties. A form model is not: its own fields are keys of the form, so its schema is
joined with `allOf`, and one that may be absent as a whole is either absent or complete.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass
from functools import partial
from typing import Any

from pydantic import BaseModel, ConfigDict, GetJsonSchemaHandler, GetPydanticSchema
from pydantic_core import CoreSchema, PydanticUndefined

from zonda.analysis.fields import ModelField, create_body_model
from zonda.analysis.models import allows_none, form_model, form_models, model_fields, request_names

Schema = dict[str, Any]


@dataclass(frozen=True)
class _Group:
    """A form model, or a union of them, at its place among the parameters."""

    key: str
    """Its property while the schema is made; no parameter has this name."""
    field: ModelField


def create_form_model(fields: Sequence[ModelField], name: str) -> type[BaseModel]:
    """The model of a body with these parameters."""
    groups: list[_Group] = []
    properties: list[ModelField] = []
    taken = {field.name for field in fields}
    for field in fields:
        if not form_models(field):
            properties.append(field)
            continue
        key = next(key for key in (f"field_{number}" for number in range(len(fields) + 1)) if key not in taken)
        taken.add(key)
        groups.append(_Group(key, field))
        properties.append(_group_field(key, field))
    config = ConfigDict(json_schema_extra=partial(_join, groups)) if groups else None
    return create_body_model(fields=properties, model_name=name, config=config)


def _group_field(key: str, field: ModelField) -> ModelField:
    """The field of a group as a property that is required and has no alias of its own."""
    info = copy(field.field_info)
    info.default = PydanticUndefined
    info.default_factory = None
    info.alias = info.validation_alias = info.serialization_alias = None
    info._attributes_set = {
        name: value
        for name, value in info._attributes_set.items()
        if name not in {"default", "default_factory", "alias", "validation_alias", "serialization_alias"}
    }
    model = form_model(field)
    if model is not None:
        info.metadata = [*info.metadata, _form_schema_of(model)]
    return ModelField(field_info=info, name=key)


def _form_schema_of(model: type[BaseModel]) -> GetPydanticSchema:
    def in_a_form(core_schema: CoreSchema, handler: GetJsonSchemaHandler) -> Schema:
        schema: Schema = handler(core_schema)
        return _with_all_names(model, schema, handler)

    return GetPydanticSchema(get_pydantic_json_schema=in_a_form)


def _with_all_names(model: type[BaseModel], schema: Schema, handler: GetJsonSchemaHandler) -> Schema:
    """The schema of a form model in which any name of a required field will do."""
    choices = [names for names in _required_names(model) if len(names) > 1]
    if handler.mode != "validation" or not choices or "$ref" not in _without_null(schema):
        return schema
    own: Schema = copy(dict(handler.resolve_ref_schema(_without_null(schema))))
    several = {name for names in choices for name in names}
    own["required"] = [name for name in own.get("required", ()) if name not in several]
    own["allOf"] = [{"anyOf": [{"required": [name]} for name in names]} for names in choices]
    if "anyOf" in schema:
        return {**schema, "anyOf": [own, *(item for item in schema["anyOf"] if "$ref" not in item)]}
    return {**own, **{key: value for key, value in schema.items() if key != "$ref"}}


def _without_null(schema: Schema) -> Schema:
    """The schema of `Model` in that of `Model | None`."""
    others = [item for item in schema.get("anyOf", ()) if item.get("type") != "null"]
    return others[0] if len(others) == 1 else schema


def _required_names(model: type[BaseModel]) -> Iterable[list[str]]:
    return ([name for _, name in request_names(field)] for field in model_fields(model) if field.required)


def _join(groups: Sequence[_Group], schema: Schema) -> None:
    """Move the groups out of the properties into `allOf`."""
    properties: Schema = schema["properties"]
    parts = [part for group in groups for part in _parts(group.field, properties.pop(group.key))]
    keys = {group.key for group in groups}
    required = [name for name in schema.get("required", ()) if name not in keys]
    for name, value in (("properties", properties), ("required", required), ("allOf", parts)):
        if value:
            schema[name] = value
        else:
            schema.pop(name, None)


def _parts(field: ModelField, schema: Schema) -> list[Schema]:
    """The schemas that a form must fulfil because of one group."""
    if "anyOf" in schema or "oneOf" in schema:
        schema["title"] = field.field_info.title or field.name.replace("_", " ").title()
    if not allows_none(field):
        return [schema]
    schema["anyOf"] = [item for item in schema["anyOf"] if item.get("type") != "null"]
    absent = _absence(field)
    return [{"not": absent}, schema] if field.required else [{"anyOf": [absent, schema]}]


def _absence(field: ModelField) -> Schema:
    """What a form looks like that has nothing of the group."""
    models = form_models(field)
    if any(model.model_config.get("extra") in {"allow", "forbid"} for model in models):
        return {"maxProperties": 0}
    names = {name for model in models for item in model_fields(model) for _, name in request_names(item)}
    return {"not": {"anyOf": [{"required": [name]} for name in sorted(names)]}}
