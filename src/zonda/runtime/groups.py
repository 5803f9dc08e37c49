"""This module reads models whose fields are parameters of their own, spread over a query, a form or the like."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from pydantic_core import PydanticUndefined, ValidationError
from starlette.datastructures import UploadFile

from zonda.runtime.errors import Errors, missing, noted
from zonda.validation_errors import located_errors

ONE_VALUE = frozenset({"path", "cookie"})
"""Where a name has one value, also if its field takes several."""

Pairs = Iterable[tuple[str, Any]]


@dataclass(frozen=True, slots=True)
class GroupField:
    """One field of such a model."""

    choices: tuple[tuple[str, str], ...]
    """(name that Pydantic knows, name in the request); the first that is present wins."""
    is_sequence: bool
    empty_is_absent: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """A model, or a union of models, whose fields are read from one place."""

    source: str
    """The first part of an error's location."""
    fields: tuple[GroupField, ...]
    validate: Callable[..., Any]
    counts_all: bool
    """Whatever is sent is for this model: it allows, or forbids, what it does not know."""
    is_optional: bool = False
    """It may be absent as a whole."""
    is_required: bool = False
    """It has no default."""
    default: Callable[[], Any] = PydanticUndefined  # type: ignore[assignment]  # none is called for
    """Gives what stands for an optional model of which nothing is sent."""
    validates_default: bool = False
    renamed: tuple[tuple[str, str], ...] = ()
    """Names that Pydantic reports, with those that the client knows."""
    is_union: bool = False
    """The branches read what was received each in its own way."""

    def is_sent(self, received: dict[str, list[Any]]) -> bool:
        names = {request_name for field in self.fields for _, request_name in field.choices}
        return not names.isdisjoint(received) or (self.counts_all and bool(received))


def read_group(pairs: Pairs, group: Group, errors: Errors | None) -> tuple[Any, Errors | None]:
    """The validated model and what was noted before, or nothing and what is wrong with it too."""
    received = collected(pairs)
    values: Any
    if group.is_optional and not group.is_sent(received):
        if group.is_required:
            return None, missing(errors, (group.source,))
        values = group.default()
        if not group.validates_default:
            return values, errors
    elif group.is_union:
        values = as_received(received)
    else:
        values = spread(received, group.source, group.fields)
    try:
        return group.validate(values, from_attributes=True), errors
    except ValidationError as error:
        found = located_errors(error, (group.source,))
        for item in found if group.renamed else ():
            item["loc"] = renamed(item["loc"], group.renamed)
        return None, noted(errors, found)


def collected(pairs: Pairs) -> dict[str, list[Any]]:
    """All values of each name, in the order in which names were sent."""
    received: dict[str, list[Any]] = {}
    for name, value in pairs:
        received.setdefault(name, []).append(value)
    return received


def spread(received: dict[str, list[Any]], source: str, fields: Iterable[GroupField]) -> dict[str, Any]:
    """What Pydantic validates: each field's value, then whatever else was sent."""
    values: dict[str, Any] = {}
    seen = set()
    for field in fields:
        for name, request_name in field.choices:
            if name != request_name:
                seen.add(name)  # spelt as in Python it is neither the field nor something unknown
            if request_name in received:
                seen.add(request_name)
                value = value_of(received[request_name], source, field.is_sequence)
                if value == "" and field.empty_is_absent:
                    value = None
                if value is not None:
                    values[name] = value
                    break
    for name, sent in received.items():
        if name not in seen:
            values[name] = sent[0] if len(sent) == 1 else sent
    return values


def as_received(received: dict[str, list[Any]]) -> dict[str, Any]:
    """A form before it is known which model it is for: single values as they are, repeated ones as lists."""
    return {name: sent[0] if len(sent) == 1 else sent for name, sent in received.items()}


def branch_reader(fields: tuple[GroupField, ...]) -> Callable[[Any], Any]:
    """What reads a form for one model of a union, so that only what wants lists gets lists."""

    def read_branch(values: Any) -> Any:
        if not isinstance(values, dict):
            return values
        received = {name: value if isinstance(value, list) else [value] for name, value in values.items()}
        read = spread(received, "body", fields)
        for field in fields:
            for name, request_name in field.choices:
                if name not in read and values.get(request_name, "") in (None, []):
                    read[name] = values[request_name]  # no form says this: a validator of the user's did
        return read

    return read_branch


def value_of(sent: list[Any], source: str, is_sequence: bool) -> Any:
    """The values of one name as its field takes them; None if all that was sent is an empty form field."""
    if source == "body":
        sent = [item for item in sent if not is_empty_upload(item)]
    if is_sequence:
        return sent[-1] if source in ONE_VALUE else sent or None
    if not sent or (source == "body" and sent[-1] == ""):
        return None
    return sent[0] if source == "header" else sent[-1]


def is_empty_upload(value: Any) -> bool:
    """What a browser sends for a file input that was left alone."""
    return isinstance(value, UploadFile) and not value.filename and not value.size


def renamed(location: tuple[Any, ...], names: Iterable[tuple[str, str]]) -> tuple[Any, ...]:
    for reported, known in names:
        if location[1:2] == (reported,):
            return (location[0], known, *location[2:])
    return location


def header_pairs(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[str, str]]:
    return [(name.decode("latin-1"), value.decode("latin-1")) for name, value in headers]
