"""This module checks `max_body_size` and `form_limits`, and says which of several declarations counts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ConfigDict, NonNegativeInt, TypeAdapter, with_config
from typing_extensions import TypedDict

from zonda.operations import FormLimits


@with_config(ConfigDict(extra="forbid", strict=True))
class _FormLimits(TypedDict, total=False):
    max_fields: NonNegativeInt
    max_files: NonNegativeInt
    max_part_size: NonNegativeInt


_checked: TypeAdapter[_FormLimits] = TypeAdapter(_FormLimits)


def check_max_body_size(value: Any) -> int | None:
    """The limit as given, or ValueError when it is no number of bytes."""
    if value is None or (type(value) is int and value >= 0):
        return value
    raise ValueError("max_body_size must be a non-negative integer or None")


def check_form_limits(limits: Mapping[str, Any] | None) -> FormLimits:
    """A checked copy, so that later changes of the caller's dict change nothing."""
    checked: Any = _checked.validate_python(dict(limits)) if limits else {}
    result: FormLimits = checked
    return result


def nearest(*limits: int | None) -> int | None:
    """The first limit that was set; the nearest declaration comes first."""
    return next((limit for limit in limits if limit is not None), None)


def merged(*limits: FormLimits | None) -> FormLimits:
    """Key by key, the last declaration that has it counts."""
    result: FormLimits = {}
    for limit in limits:
        result.update(limit or {})
    return result
