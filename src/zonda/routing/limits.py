"""This module checks `max_body_size` and `form_limits`, and says which of several declarations counts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zonda.operations import FormLimits


def check_max_body_size(value: Any) -> int | None:
    """The limit as given, or ValueError when it is no number of bytes."""
    if value is None or (type(value) is int and value >= 0):
        return value
    raise ValueError("max_body_size must be a non-negative integer or None")


def check_form_limits(limits: Mapping[str, Any] | None) -> FormLimits:
    """A checked copy, so that later changes of the caller's dict change nothing."""
    if not limits:
        return {}
    from zonda.routing.form_limits import checked

    result: FormLimits = checked(dict(limits))
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
