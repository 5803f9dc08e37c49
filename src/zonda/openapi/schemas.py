"""This module makes the JSON Schemas of fields and of the models that they mention."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from enum import Enum
from typing import Any, Literal, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from zonda.analysis.fields import ModelField
from zonda.openapi.constants import REF_TEMPLATE
from zonda.openapi.trees import Trees

Mode = Literal["validation", "serialization"]
Model = type[BaseModel] | type[Enum]
ModelNameMap = dict[Model, str]
FieldMapping = dict[tuple[ModelField, Mode], dict[str, Any]]
Definitions = dict[str, dict[str, Any]]


class Schemas:
    """The schemas of all fields of one document."""

    def __init__(
        self, field_mapping: FieldMapping, separate_input_output: bool = True, trees: Trees | None = None
    ) -> None:
        self.field_mapping = field_mapping
        self.separate_input_output = separate_input_output
        self.trees = trees or Trees()
        """What else the document's operations are described by."""

    def of(self, field: ModelField, *, name: str | None = None) -> dict[str, Any]:
        """The schema of a field: a reference, or a schema with a title, which `name` may decide."""
        schema = self.field_mapping[field, _mode(field, separate_input_output=self.separate_input_output)]
        if "$ref" not in schema:
            schema["title"] = field.field_info.title or (name or _name(field)).title().replace("_", " ")
        return schema


def _name(field: ModelField) -> str:
    alias = field.validation_alias if field.mode == "validation" else field.serialization_alias
    return alias or field.alias


def _mode(field: ModelField, *, separate_input_output: bool) -> Mode:
    """Without separate schemas everything is described as input, but for computed fields, which only output has."""
    return field.mode if separate_input_output or _has_computed_fields(field) else "validation"


def _has_computed_fields(field: ModelField) -> bool:
    models = flat_models(field.field_info.annotation)
    if any(issubclass(model, BaseModel) and model.model_computed_fields for model in models):
        return True
    # Of dataclasses, FastAPI looks only at the one that is the whole of a field.
    inner: Any = field._type_adapter.core_schema.get("schema", {})
    return bool(inner.get("computed_fields"))


# Models


def flat_models(annotation: Any) -> set[Model]:
    """The models and enums that an annotation mentions, and those that their fields mention."""
    found: set[Model] = set()
    _collect_models(annotation, found)
    return found


def _collect_models(annotation: Any, found: set[Model]) -> None:
    if isinstance(annotation, type) and annotation not in found:
        if issubclass(annotation, Enum):
            found.add(annotation)
        elif issubclass(annotation, BaseModel):
            found.add(annotation)
            for info in annotation.model_fields.values():
                _collect_models(info.annotation, found)
            return
    for argument in get_args(annotation):
        _collect_models(argument, found)


def get_flat_models_from_fields(fields: Sequence[ModelField], known_models: set[Model]) -> set[Model]:
    """All models and enums that the fields mention, added to `known_models`."""
    for field in fields:
        _collect_models(field.field_info.annotation, known_models)
    return known_models


_NOT_NAME = re.compile(r"[^a-zA-Z0-9.\-_]")


def get_model_name_map(unique_models: set[Model]) -> ModelNameMap:
    """A name for each model: its own, or the qualified one where several models share theirs."""
    by_name: dict[str, list[Model]] = {}
    for model in unique_models:
        by_name.setdefault(_NOT_NAME.sub("_", model.__name__), []).append(model)
    names: ModelNameMap = {}
    for name, models in by_name.items():
        for model in models:
            names[model] = name if len(models) == 1 else _long_name(model)
    return names


def _long_name(model: Model) -> str:
    return f"{model.__module__}__{model.__qualname__}".replace(".", "__")


# Definitions


class _SchemaGenerator(GenerateJsonSchema):
    """Pydantic's generator, with what OpenAPI 3.1 wants for binary content."""

    def bytes_schema(self, schema: core_schema.BytesSchema) -> JsonSchemaValue:
        result: JsonSchemaValue = {"type": "string", "contentMediaType": "application/octet-stream"}
        encoding = self._config.ser_json_bytes if self.mode == "serialization" else self._config.val_json_bytes
        if encoding == "base64":
            result["contentEncoding"] = "base64"
        self.update_with_validations(result, schema, self.ValidationsMapping.bytes)
        return result


def get_definitions(
    *,
    fields: Sequence[ModelField],
    model_name_map: ModelNameMap,
    separate_input_output_schemas: bool = True,
) -> tuple[FieldMapping, Definitions]:
    """The schema of each field in its mode, and the definitions that they refer to.

    The names of the definitions are Pydantic's; `model_name_map` is taken because FastAPI's function takes it.
    """
    asked = list(_inputs(fields, separate_input_output=separate_input_output_schemas))
    # Equal fields share their core schema, whose JSON Schema is made once.
    inputs = {(id(schema), mode): (id(schema), mode, schema) for _, mode, schema in asked}
    schemas, generated = _SchemaGenerator(ref_template=REF_TEMPLATE).generate_definitions(list(inputs.values()))
    definitions: Definitions = dict(generated.items())
    for definition in definitions.values():
        if "description" in definition:
            # What stands after a form feed in a docstring is for readers of the code.
            definition["description"] = definition["description"].partition("\f")[0]
    return {(field, mode): _copied(schemas[id(schema), mode]) for field, mode, schema in asked}, definitions


def _copied(schema: Any) -> Any:
    """A JSON Schema that its owner may change."""
    if isinstance(schema, dict):
        return {key: _copied(value) for key, value in schema.items()}
    return [_copied(item) for item in schema] if isinstance(schema, list) else schema


def _inputs(
    fields: Sequence[ModelField], *, separate_input_output: bool
) -> Iterator[tuple[ModelField, Mode, CoreSchema]]:
    """The fields, then the models they mention: those are defined even where a custom schema hides them."""
    annotations = set()
    mentioned: dict[Mode, set[Model]] = {"validation": set(), "serialization": set()}
    for field in fields:
        yield _input(field, separate_input_output=separate_input_output)
        annotation = field.field_info.annotation
        if isinstance(annotation, type):
            annotations.add(annotation)
        _collect_models(annotation, mentioned[field.mode])
    for mode, models in mentioned.items():
        for model in models - annotations:
            field = ModelField(field_info=FieldInfo(annotation=model), name=model.__name__, mode=mode)
            yield _input(field, separate_input_output=separate_input_output)


def _input(field: ModelField, *, separate_input_output: bool) -> tuple[ModelField, Mode, CoreSchema]:
    mode = _mode(field, separate_input_output=separate_input_output)
    return field, mode, field._type_adapter.core_schema


def get_schema_from_model_field(
    *,
    field: ModelField,
    model_name_map: ModelNameMap,
    field_mapping: FieldMapping,
    separate_input_output_schemas: bool = True,
    field_alias: str | None = None,
) -> dict[str, Any]:
    """The schema of one field; `field_alias` is the name that its title is made from."""
    return Schemas(field_mapping, separate_input_output_schemas).of(field, name=field_alias)
