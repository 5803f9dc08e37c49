"""This module checks `form_limits` with Pydantic; it is imported where some are declared."""

from __future__ import annotations

from typing import Any

from pydantic import ConfigDict, NonNegativeInt, TypeAdapter, with_config
from typing_extensions import TypedDict


@with_config(ConfigDict(extra="forbid", strict=True))
class _FormLimits(TypedDict, total=False):
    max_fields: NonNegativeInt
    max_files: NonNegativeInt
    max_part_size: NonNegativeInt


_adapter: TypeAdapter[_FormLimits] = TypeAdapter(_FormLimits)


def checked(limits: dict[str, Any]) -> Any:
    """Raises Pydantic's ValidationError for an unknown key, and for what is no number of at least 0."""
    return _adapter.validate_python(limits)
