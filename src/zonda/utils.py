"""This module holds small functions that FastAPI offers under `fastapi.utils` and several stages use."""

from __future__ import annotations

import re
from typing import Any, Protocol, TypeVar

from zonda.datastructures import DefaultPlaceholder

T = TypeVar("T")

_PATH_NAMES = re.compile(r"{(.*?)}")
_NOT_WORD = re.compile(r"\W")
_OPENAPI_STATUS_RANGES = frozenset({"default", "1XX", "2XX", "3XX", "4XX", "5XX"})


class NamedOperation(Protocol):
    """What a route must have to be given an operation id."""

    name: str
    path_format: str
    methods: Any


def is_body_allowed_for_status_code(status_code: int | str | None) -> bool:
    """Whether HTTP lets a response with this status (or OpenAPI range of them) have a body."""
    if status_code is None or status_code in _OPENAPI_STATUS_RANGES:
        return True
    code = int(status_code)
    return code >= 200 and code not in (204, 205, 304)


def get_path_param_names(path: str) -> set[str]:
    """The names between braces, converters included: `/files/{name:path}` gives `{"name:path"}`."""
    return set(_PATH_NAMES.findall(path))


def generate_operation_id_for_path(*, name: str, path: str, method: str) -> str:
    return f"{_NOT_WORD.sub('_', name + path)}_{method.lower()}"


def generate_unique_id(route: NamedOperation) -> str:
    """FastAPI's default operation id: name, path and first method, with `_` for what is no word character."""
    return generate_operation_id_for_path(name=route.name, path=route.path_format, method=next(iter(route.methods)))


def deep_dict_update(main_dict: dict[Any, Any], update_dict: dict[Any, Any]) -> None:
    """Update in place: dictionaries are merged, lists are joined, anything else is replaced."""
    for key, value in update_dict.items():
        present = main_dict.get(key)
        if isinstance(present, dict) and isinstance(value, dict):
            deep_dict_update(present, value)
        elif isinstance(present, list) and isinstance(value, list):
            main_dict[key] = present + value
        else:
            main_dict[key] = value


def get_value_or_default(
    first_item: DefaultPlaceholder | T, *extra_items: DefaultPlaceholder | T
) -> DefaultPlaceholder | T:
    """The first item that was set, or the first one when all are defaults."""
    for item in (first_item, *extra_items):
        if not isinstance(item, DefaultPlaceholder):
            return item
    return first_item
