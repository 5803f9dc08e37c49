"""This module puts Pydantic behind one small interface: a field validates, serialises, and knows its schema."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass, is_dataclass
from functools import lru_cache
from operator import attrgetter
from typing import Annotated, Any, Literal, get_origin
from weakref import WeakValueDictionary

from pydantic import BaseModel, ConfigDict, PydanticSchemaGenerationError, TypeAdapter, ValidationError, create_model
from pydantic.fields import FieldInfo
from pydantic.warnings import UnsupportedFieldAttributeWarning
from pydantic_core import PydanticUndefined

from zonda.analysis.annotations import (
    alternatives,
    annotation_is_pydantic_v1,
    field_annotation_is_scalar,
    is_sequence_type,
    lenient_issubclass,
    sequence_annotation_to_type,
    without_metadata,
)
from zonda.analysis.identity import identity_of
from zonda.analysis.mistakes import NoPydanticField, PydanticV1Model
from zonda.types import IncEx
from zonda.validation_errors import Location, located_errors

Mode = Literal["validation", "serialization"]


@dataclass(eq=False)
class ModelField:
    """A named value with a type: a parameter, a body, a response.

    Fields whose annotations and constraints are equal share one `adapter`, whatever their names, defaults and
    documentation are.
    """

    field_info: FieldInfo
    name: str
    mode: Mode = "validation"
    config: ConfigDict | None = None

    def __post_init__(self) -> None:
        self.adapter: TypeAdapter[Any] = _shared_adapter(self.field_info, self.config)
        # PERF: no `cached_property`, which would give each field a dict (memory in benchmarks/measures/start.py).
        self._documented: TypeAdapter[Any] | None = None

    @property
    def validator(self) -> Callable[..., Any]:
        """What generated code calls: `validator(value, from_attributes=True)`."""
        return self.adapter.validator.validate_python

    @property
    def _type_adapter(self) -> TypeAdapter[Any]:
        """The adapter with defaults and documentation too, for schemas; equal fields share it."""
        if self._documented is None:
            self._documented = _shared_documented_adapter(self.field_info, self.config)
        return self._documented

    @property
    def alias(self) -> str:
        return self.field_info.alias or self.name

    @property
    def validation_alias(self) -> str | None:
        alias = self.field_info.validation_alias
        return alias if isinstance(alias, str) and alias else None

    @property
    def serialization_alias(self) -> str | None:
        return self.field_info.serialization_alias or None

    @property
    def required(self) -> bool:
        return self.field_info.is_required()

    @property
    def default(self) -> Any:
        return self.get_default()

    def get_default(self) -> Any:
        """The default, copied or made anew; PydanticUndefined for a required field."""
        if self.required:
            return PydanticUndefined
        return self.field_info.get_default(call_default_factory=True)

    def validate(
        self, value: Any, values: dict[str, Any] | None = None, *, loc: Location = ()
    ) -> tuple[Any, list[dict[str, Any]]]:
        """The validated value and no errors, or None and the errors, each below `loc`."""
        try:
            return self.adapter.validate_python(value, from_attributes=True), []
        except ValidationError as error:
            return None, located_errors(error, tuple(loc))

    def serialize(
        self,
        value: Any,
        *,
        mode: Literal["json", "python"] = "json",
        include: IncEx | None = None,
        exclude: IncEx | None = None,
        by_alias: bool = True,
        exclude_unset: bool = False,
        exclude_defaults: bool = False,
        exclude_none: bool = False,
    ) -> Any:
        return self.adapter.dump_python(
            value,
            mode=mode,
            include=include,
            exclude=exclude,
            by_alias=by_alias,
            exclude_unset=exclude_unset,
            exclude_defaults=exclude_defaults,
            exclude_none=exclude_none,
        )

    def serialize_json(
        self,
        value: Any,
        *,
        include: IncEx | None = None,
        exclude: IncEx | None = None,
        by_alias: bool = True,
        exclude_unset: bool = False,
        exclude_defaults: bool = False,
        exclude_none: bool = False,
    ) -> bytes:
        return self.adapter.dump_json(
            value,
            include=include,
            exclude=exclude,
            by_alias=by_alias,
            exclude_unset=exclude_unset,
            exclude_defaults=exclude_defaults,
            exclude_none=exclude_none,
        )


_adapters: WeakValueDictionary[Any, TypeAdapter[Any]] = WeakValueDictionary()


def _shared_adapter(info: FieldInfo, config: ConfigDict | None) -> TypeAdapter[Any]:
    """The adapter of an annotation with its constraints; defaults and documentation do not change what is valid."""
    arguments = (info.annotation, *info.metadata)
    if info.discriminator is not None:
        arguments = (*arguments, FieldInfo(discriminator=info.discriminator))
    key = (
        *(identity_of(argument) for argument in (info.annotation, *info.metadata)),
        identity_of(info.discriminator),
        _identity_of_config(config),
    )
    adapter = _adapters.get(key)
    if adapter is None:
        adapter = _adapters[key] = _adapter(arguments, config)
    return adapter


_documented_adapters: WeakValueDictionary[Any, TypeAdapter[Any]] = WeakValueDictionary()

_NOT_IN_SCHEMA = frozenset({"alias", "alias_priority", "validation_alias", "serialization_alias"})
_IN_SCHEMA = tuple(name for name in FieldInfo.__slots__ if name[0] != "_" and name not in _NOT_IN_SCHEMA | {"metadata"})
"""What may show in a field's own schema: a name is its owner's to say."""
_NOT_GIVEN = _NOT_IN_SCHEMA | {"annotation"}
_read_in_schema = attrgetter(*_IN_SCHEMA)


def _shared_documented_adapter(info: FieldInfo, config: ConfigDict | None) -> TypeAdapter[Any]:
    given = [
        name if name in _IN_SCHEMA and getattr(info, name) is value else (name, identity_of(value))
        for name, value in info._attributes_set.items()
        if name not in _NOT_GIVEN
    ]
    # PERF: most are None or a flag; the time of the OpenAPI document in benchmarks/measures/start.py notices.
    values = [
        value if value is None or value is True or value is PydanticUndefined else identity_of(value)
        for value in _read_in_schema(info)
    ]
    metadata = identity_of(info.metadata) if info.metadata else None
    key = (type(info), tuple(values), tuple(given), metadata, _identity_of_config(config))
    adapter = _documented_adapters.get(key)
    if adapter is None:
        # Pydantic takes the constraints out of `info`.
        adapter = _documented_adapters[key] = _adapter((info.annotation, info), config)
    return adapter


def _identity_of_config(config: ConfigDict | None) -> Any:
    return None if config is None else tuple((name, identity_of(value)) for name, value in config.items())


def _adapter(arguments: tuple[Any, ...], config: ConfigDict | None) -> TypeAdapter[Any]:
    annotation: Any = Annotated[arguments] if len(arguments) > 1 else arguments[0]
    with warnings.catch_warnings():
        # aliases and defaults are ours to apply, Pydantic rightly says that it does not
        warnings.simplefilter("ignore", category=UnsupportedFieldAttributeWarning)
        return TypeAdapter(annotation, config=config)


def create_model_field(
    name: str,
    type_: Any,
    default: Any | None = PydanticUndefined,
    field_info: FieldInfo | None = None,
    alias: str | None = None,
    mode: Mode = "validation",
) -> ModelField:
    """A field, or a mistake that says what is wrong with its type."""
    if annotation_is_pydantic_v1(type_):
        raise PydanticV1Model(annotation=type_, field_name=name)
    info = field_info or FieldInfo(annotation=type_, default=default, alias=alias)
    try:
        return ModelField(field_info=info, name=name, mode=mode)
    except PydanticSchemaGenerationError as error:
        raise NoPydanticField(annotation=type_, field_name=name) from error


def copy_field_info(*, field_info: FieldInfo, annotation: Any) -> FieldInfo:
    """A copy of `field_info` for `annotation`, whose own metadata and `Field(...)` count over it."""
    return merge_annotation(copy(field_info), annotation)


def merge_annotation(info: FieldInfo, annotation: Any) -> FieldInfo:
    """Give an `info` that nobody else has its annotation, whose own metadata and `Field(...)` count over it."""
    from_annotation = FieldInfo.from_annotation(annotation)
    given = from_annotation._attributes_set
    info.metadata = from_annotation.metadata
    info.annotation = from_annotation.annotation
    info._attributes_set = {**info._attributes_set, **given}
    for name, value in given.items():
        if name not in _NOT_FIELD_ATTRIBUTES:
            setattr(info, name, value)
    return info


_NOT_FIELD_ATTRIBUTES = frozenset({"annotation", *FieldInfo.metadata_lookup})


def create_body_model(
    *, fields: Sequence[ModelField], model_name: str, config: ConfigDict | None = None
) -> type[BaseModel]:
    """One model whose fields are the parameters of a body."""
    definitions: dict[str, Any] = {field.name: (field.field_info.annotation, field.field_info) for field in fields}
    return create_model(model_name, __config__=config, __module__=_BODY_MODULE, **definitions)


_BODY_MODULE = "fastapi._compat.v2"
"""Where two bodies have one name, their schemas are told apart by this, and clients are generated from it."""


def get_model_fields(model: type[BaseModel]) -> list[ModelField]:
    """The fields of a model, each as a field of its own, under the model's configuration."""
    fields = []
    for name, info in model.model_fields.items():
        annotation = info.annotation
        brings_its_own = lenient_issubclass(annotation, (BaseModel, dict)) or is_dataclass(annotation)
        fields.append(ModelField(field_info=info, name=name, config=None if brings_its_own else model.model_config))
    return fields


@lru_cache(maxsize=1024)
def get_cached_model_fields(model: type[BaseModel]) -> list[ModelField]:
    return get_model_fields(model)


def is_scalar_field(field: ModelField) -> bool:
    from zonda.params import Body

    return field_annotation_is_scalar(field.field_info.annotation) and not isinstance(field.field_info, Body)


def serialize_sequence_value(*, field: ModelField, value: Any) -> Sequence[Any]:
    """`value` as the kind of sequence that the field is annotated with."""
    for item in alternatives(without_metadata(field.field_info.annotation)):
        if is_sequence_type(item):
            cls = get_origin(item) or item
            kinds = [made for kind, made in sequence_annotation_to_type.items() if issubclass(cls, kind)]
            return kinds[-1](value)  # type: ignore[no-any-return]  # the narrowest: all are a Sequence
    raise AssertionError(f"{field.name!r} is not annotated with a sequence")


def get_missing_field_error(loc: Location) -> dict[str, Any]:
    """FastAPI's error for a value that is required and absent."""
    return {"type": "missing", "loc": loc, "msg": "Field required", "input": None}
