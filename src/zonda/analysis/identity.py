"""This module tells when two annotations are the same to Pydantic, which is stricter than `==`.

`int | str` equals `str | int` and `Gt(1)` equals `Gt(True)`, yet they validate differently.
"""

from __future__ import annotations

import re
from collections.abc import Hashable
from dataclasses import fields, is_dataclass
from enum import Enum
from types import GenericAlias, UnionType
from typing import Any, ForwardRef, get_args, get_origin

from pydantic_core import PydanticUndefined

PLAIN = (str, bytes, int, float, complex, bool, type(None))


def identity_of(value: Any) -> Hashable:
    """A key that is equal for values which mean the same; it stays valid only as long as `value` lives."""
    if isinstance(value, type) or value is PydanticUndefined:
        return id(value)
    if isinstance(value, PLAIN):
        return type(value), repr(value)
    if isinstance(value, (GenericAlias, UnionType)) or get_args(value):
        arguments = get_args(value)
        if any(isinstance(item, (str, ForwardRef)) for item in arguments) and not _is_literal(value):
            return id(value)  # a name may mean another class elsewhere
        return type(value), identity_of(get_origin(value)), tuple(identity_of(item) for item in arguments)
    if isinstance(value, (list, tuple)):
        return type(value), tuple(identity_of(item) for item in value)
    if isinstance(value, re.Pattern):
        return re.Pattern, value.pattern, value.flags
    if is_dataclass(value) and not isinstance(value, type) and not isinstance(value, Enum):
        return type(value), tuple((field.name, identity_of(getattr(value, field.name))) for field in fields(value))
    if _is_general_metadata(value):
        return type(value), tuple((name, identity_of(item)) for name, item in vars(value).items())
    return id(value)


def _is_literal(value: Any) -> bool:
    from typing import Literal

    return get_origin(value) is Literal


def _is_general_metadata(value: Any) -> bool:
    """Pydantic's own holder of constraints such as `pattern`."""
    return type(value).__name__ == "_PydanticGeneralMetadata"
