"""This module finds the secret fields of a route, and takes rejected values of theirs out of its errors.

Secret is what OpenAPI shows as `writeOnly`: `SecretStr`, `SecretBytes`, `Secret[...]`, and what is marked with
`Field(json_schema_extra={"writeOnly": True})`. An error quotes the value that was refused, or the whole object that
holds it; where either may be secret, the quote is MASK.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Annotated, Any, NewType, get_args, get_origin, get_type_hints

from pydantic import AliasChoices, AliasPath, BaseModel, Secret, SecretBytes, SecretStr
from pydantic.fields import FieldInfo
from pydantic.json_schema import WithJsonSchema
from typing_extensions import TypeAliasType, is_typeddict

from zonda.analysis.dependant import Dependant
from zonda.analysis.dependencies import get_dependant
from zonda.analysis.fields import ModelField
from zonda.analysis.tree import walk

MASK = "**********"
"""What Pydantic shows of a secret."""

Errors = list[dict[str, Any]]

_SECRET = (Secret, SecretStr, SecretBytes)


class Openness(IntEnum):
    """How much of a value may be quoted."""

    PLAIN = 0
    HOLDS = 1
    """There is a secret somewhere in it."""
    SECRET = 2


@dataclass(frozen=True, slots=True)
class Secrets:
    """The fields that a route reads from each source, by the names under which errors name them."""

    by_source: Mapping[str, Mapping[str, Openness]] = field(default_factory=dict)
    """Only sources that have a secret."""

    def hide(self, errors: Iterable[dict[str, Any]]) -> Errors:
        """The errors, with MASK for each input that may be secret or hold a secret."""
        return [{**error, "input": MASK} if self._is_secret(error) else error for error in errors]

    def _is_secret(self, error: Mapping[str, Any]) -> bool:
        source, *location = error["loc"] or ("",)
        names = self.by_source.get(source)
        if names is None or error.get("input") is None:
            return False
        if str(error["type"]).startswith("missing"):
            location = location[:-1]  # what is quoted is the object without the field
        found = [names[name] for name in location if name in names]
        return not found or Openness.SECRET in found or found[-1] is Openness.HOLDS


def hides_secrets(app: Any) -> bool:
    """An application hides secrets unless it answers as FastAPI does."""
    return bool(getattr(app, "problem_details", False) or getattr(app, "corrections", False))


def secrets_of(fields: Iterable[tuple[str, ModelField]]) -> Secrets | None:
    """The secrets among the fields of each source; None where there are none."""
    by_source: dict[str, _Names] = {}
    for source, item in fields:
        by_source.setdefault(source, _Names()).add(_names_of(item.name, item.field_info), item.field_info)
    found = {source: names.found for source, names in by_source.items() if any(names.found.values())}
    return Secrets(found) if found else None


def without_secrets(errors: list[Any], dependant: Dependant, app: Any) -> list[Any]:
    """The errors of a tree that was solved step by step, as its application wants them told."""
    if not hides_secrets(app):
        return errors
    trees = [dependant, *(get_dependant(path="", call=call) for call in app.dependency_overrides.values())]
    fields = [
        (source, item)
        for tree in trees
        for inner in walk(tree)
        for source in ("path", "query", "header", "cookie", "body")
        for item in getattr(inner, f"{source}_params")
    ]
    secrets = secrets_of(fields)
    return errors if secrets is None else secrets.hide(errors)


class _Names:
    """The names of the fields of one source and of all models in them; a name that is secret once is secret."""

    def __init__(self) -> None:
        self.found: dict[str, Openness] = {}
        self._seen: dict[Any, Openness] = {}

    def add(self, names: Iterable[str], info: FieldInfo) -> Openness:
        openness = Openness.SECRET if _is_marked(info) else self._of(info.annotation)
        for name in names:
            self.found[name] = max(openness, self.found.get(name, Openness.PLAIN))
        return openness

    def _of(self, annotation: Any) -> Openness:
        """How open a type is: a container of secrets is secret, a model with secret fields holds some."""
        if isinstance(annotation, TypeAliasType) or hasattr(annotation, "__value__"):
            return self._of(annotation.__value__)
        if isinstance(annotation, NewType):
            return self._of(annotation.__supertype__)
        origin = get_origin(annotation)
        if isinstance(origin or annotation, type) and issubclass(origin or annotation, _SECRET):
            return Openness.SECRET
        if origin is Annotated and any(_is_mark(item) for item in annotation.__metadata__):
            return Openness.SECRET
        return max([self._of_fields(annotation), *(self._of(item) for item in get_args(annotation))])

    def _of_fields(self, kind: Any) -> Openness:
        try:
            if kind in self._seen:
                return self._seen[kind]
        except TypeError:  # no type at all: an argument of Literal, metadata
            return Openness.PLAIN
        self._seen[kind] = Openness.PLAIN  # for models that contain themselves
        fields = [self.add(_names_of(name, info), info) for name, info in _fields_of(kind)]
        openness = Openness.HOLDS if any(fields) else Openness.PLAIN
        if fields and issubclass(kind, BaseModel) and kind.__pydantic_root_model__:
            openness = max(fields)
        self._seen[kind] = openness
        return openness


def _fields_of(kind: Any) -> Iterator[tuple[str, FieldInfo]]:
    """The fields of a model, a dataclass or a TypedDict."""
    if not isinstance(kind, type):
        return
    if issubclass(kind, BaseModel):
        yield from kind.model_fields.items()
    elif dataclasses.is_dataclass(kind) or is_typeddict(kind) or (issubclass(kind, tuple) and hasattr(kind, "_fields")):
        known = getattr(kind, "__pydantic_fields__", {})
        for name, annotation in (known or _hints_of(kind)).items():
            yield name, known.get(name) or FieldInfo.from_annotation(annotation)


def _hints_of(kind: Any) -> dict[str, Any]:
    """The annotations of a class. Those that only its own function could read may be anything, also a secret."""
    try:
        return get_type_hints(kind, include_extras=True)
    except NameError:
        return dict.fromkeys(kind.__annotations__, SecretStr)


def _names_of(name: str, info: FieldInfo) -> set[str]:
    """All names by which an error may name a field."""
    return {name, *_in_alias(info.alias), *_in_alias(info.validation_alias)}


def _in_alias(alias: Any) -> Iterator[str]:
    if isinstance(alias, str):
        yield alias
    elif isinstance(alias, AliasPath):
        yield from (item for item in alias.path if isinstance(item, str))
    elif isinstance(alias, AliasChoices):
        for choice in alias.choices:
            yield from _in_alias(choice)


def _is_marked(info: FieldInfo) -> bool:
    return _is_mark(info) or any(_is_mark(item) for item in info.metadata)


def _is_mark(item: Any) -> bool:
    extra = item.json_schema_extra if isinstance(item, FieldInfo) else None
    if isinstance(item, WithJsonSchema):
        extra = item.json_schema
    return isinstance(extra, dict) and extra.get("writeOnly") is True
