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
from zonda.analysis.models import (
    allows_none,
    form_model,
    form_models,
    model_fields,
    request_names,
)

Schema = dict[str, Any]


@dataclass(frozen=True)
class _Part:
    """A parameter of a form that has models too."""

    key: str
    """Its property while the schema is made, since two parameters may have one name."""
    field: ModelField


def create_form_model(fields: Sequence[ModelField], name: str) -> type[BaseModel]:
    """The model of a body with these parameters."""
    if not any(form_models(field) for field in fields):
        return create_body_model(fields=fields, model_name=name)
    parts = [_Part(f"field_{index}", field) for index, field in enumerate(fields)]
    config = ConfigDict(json_schema_extra=partial(_join, parts))
    return create_body_model(fields=[_property(part) for part in parts], model_name=name, config=config)


def _property(part: _Part) -> ModelField:
    """The parameter under its key; a group is required and has no default: it is all of the form or absent."""
    info = copy(part.field.field_info)
    forgotten = {"alias", "validation_alias", "serialization_alias"}
    info.alias = info.validation_alias = info.serialization_alias = None
    info._attributes_set = dict(info._attributes_set)
    if form_models(part.field):
        info.default = PydanticUndefined
        info.default_factory = None
        forgotten |= {"default", "default_factory"}
    elif info.title is None:
        # Given, so that a reference gets it, too.
        info.title = info._attributes_set["title"] = _title(part.field.name)
    info._attributes_set = {name: value for name, value in info._attributes_set.items() if name not in forgotten}
    model = form_model(part.field)
    if model is not None:
        info.metadata = [*info.metadata, _form_schema_of(model)]
    return ModelField(field_info=info, name=part.key)


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


def _join(parts: Sequence[_Part], schema: Schema) -> None:
    """Give the properties their names, and move the groups into `allOf`."""
    made, required = schema.pop("properties"), set(schema.pop("required", ()))
    properties: Schema = {}
    names: list[str] = []
    joined: list[Schema] = []
    for part in parts:
        own = made[part.key]
        if form_models(part.field):
            joined += _group_schemas(part.field, own)
            continue
        name = request_names(part.field)[0][1]
        if name in properties:
            joined.append({"properties": {name: own}})  # another parameter reads the same key, perhaps in its own way
        else:
            properties[name] = own
        if part.key in required:
            names.append(name)
    found = {"properties": properties, "required": list(dict.fromkeys(names)), "allOf": joined}
    schema.update({key: value for key, value in found.items() if value})


def _title(name: str) -> str:
    """A name as Pydantic makes a title of it."""
    return name.title().replace("_", " ").strip()


def _group_schemas(field: ModelField, schema: Schema) -> list[Schema]:
    """The schemas that a form must fulfil because of one group."""
    if "anyOf" in schema or "oneOf" in schema:
        schema["title"] = field.field_info.title or _title(field.name)
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
    return {"not": {"anyOf": [{"required": [name]} for name in sorted(names)]}} if names else {}
