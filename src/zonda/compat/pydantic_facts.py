"""This module holds the few facts about Pydantic that packages ask FastAPI's private modules for."""

from __future__ import annotations

from typing import Any

from pydantic import VERSION
from pydantic._internal import _typing_extra
from pydantic_core import PydanticUndefined, Url
from pydantic_core.core_schema import with_info_plain_validator_function

__all__ = [
    "PYDANTIC_VERSION",
    "PYDANTIC_VERSION_MINOR_TUPLE",
    "RequiredParam",
    "Undefined",
    "Url",
    "evaluate_forwardref",
    "with_info_plain_validator_function",
]

PYDANTIC_VERSION = VERSION
PYDANTIC_VERSION_MINOR_TUPLE = tuple(int(part) for part in VERSION.split(".")[:2])

RequiredParam = PydanticUndefined
Undefined = PydanticUndefined


def evaluate_forwardref(
    value: Any, globalns: dict[str, Any] | None = None, localns: dict[str, Any] | None = None
) -> Any:
    """What a name written as a string stands for; the reference itself when it is not known yet."""
    evaluated, _ = _typing_extra.try_eval_type(value, globalns, localns)
    return evaluated
