"""This module finds the models among fields: those whose own fields are spread over a source or a form."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pydantic import AliasChoices, BaseModel, Json
from pydantic.fields import FieldInfo

from zonda import params
from zonda.analysis.annotations import alternatives, is_union, lenient_issubclass, without_metadata
from zonda.analysis.fields import ModelField, get_cached_model_fields

NoneType = type(None)
_Json: Any = Json


def model_fields(model: type[BaseModel]) -> list[ModelField]:
    return get_cached_model_fields(model)


def model_in(annotation: Any) -> type[BaseModel] | None:
    """The model that is meant by `Model`, `Model | None`, or these with metadata."""
    if type(annotation) is type:
        return None  # most are `int` and the like: a model has a metaclass of its own
    plain = without_metadata(annotation)
    if lenient_issubclass(plain, BaseModel):
        return plain
    members = [item for item in alternatives(plain) if item is not NoneType]
    if is_union(plain) and len(members) == 1 and lenient_issubclass(members[0], BaseModel):
        return members[0]
    return None


def param_model(field: ModelField) -> type[BaseModel] | None:
    """The model whose fields are parameters of their own: not of a body, whose models are values."""
    annotation = field.field_info.annotation
    if is_json_field(field):
        return None
    if isinstance(field.field_info, params.Body):
        return annotation if lenient_issubclass(annotation, BaseModel) else None
    return model_in(annotation)


def form_models(field: ModelField) -> list[type[BaseModel]]:
    """The models whose fields are read from a form: one, or the branches of a union of models."""
    if not isinstance(field.field_info, params.Form) or is_json_field(field):
        return []
    members = [item for item in alternatives(without_metadata(field.field_info.annotation)) if item is not NoneType]
    models = members if len(members) == 1 else [without_metadata(item) for item in members]
    return models if models and all(lenient_issubclass(item, BaseModel) for item in models) else []


def form_model(field: ModelField) -> type[BaseModel] | None:
    """The only model of a form field, None for a union of several."""
    models = form_models(field)
    return models[0] if len(models) == 1 else None


def allows_none(field: ModelField) -> bool:
    return NoneType in alternatives(without_metadata(field.field_info.annotation))


def is_optional_group(field: ModelField) -> bool:
    """A form model that may be absent as a whole."""
    return bool(form_models(field)) and allows_none(field)


def is_json_field(field: ModelField) -> bool:
    """Its value is a string of JSON, so that it is no list even when it is annotated with one."""
    metadata = field.field_info.metadata
    return bool(metadata) and any(item is Json or type(item) is _Json for item in metadata)


def flat_fields(fields: Iterable[ModelField]) -> list[ModelField]:
    """The fields with parameter models replaced by their own fields."""
    flat: list[ModelField] = []
    for field in fields:
        model = param_model(field)
        if model is None:
            flat.append(field)
        else:
            flat.extend(model_fields(model))
    return flat


def get_validation_alias(field: ModelField) -> str:
    """The name that FastAPI calls a field's: its validation alias if that is one name, else its alias."""
    return field.validation_alias or field.alias


def request_names(field: ModelField, *, convert_underscores: bool = False) -> list[tuple[str, str]]:
    """(name of the value, name in the request) of each choice; the first that is present wins.

    Explicit aliases are literal: only a field's own name has its underscores converted for headers.
    """
    info = field.field_info
    config: Any = field.config or {}
    explicit = _explicit_names(info)
    by_alias = config.get("validate_by_alias", True) is not False
    by_name = not by_alias or bool(config.get("validate_by_name", config.get("populate_by_name", False)))
    names: list[tuple[str, str]] = []
    if explicit and by_alias:
        names += [(name, name) for name in explicit]
    if not names and not explicit and field.alias != field.name:
        names.append((field.alias, field.alias))
    if not names or (by_name and explicit):
        own = field.name.replace("_", "-") if convert_underscores else field.name
        names.append((field.name, own))
    return list(dict.fromkeys(names))


def _explicit_names(info: FieldInfo) -> list[str]:
    """The names that the user gave; a path into nested data is Pydantic's to follow."""
    alias = info.validation_alias
    if isinstance(alias, AliasChoices) and not isinstance(info, params.Path):
        choices = [choice for choice in alias.choices if isinstance(choice, str)]
        return choices if len(choices) == len(alias.choices) else []
    return [alias] if isinstance(alias, str) else []
