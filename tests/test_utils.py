"""The small functions of `fastapi.utils`."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from zonda.datastructures import Default
from zonda.utils import (
    deep_dict_update,
    generate_operation_id_for_path,
    generate_unique_id,
    get_path_param_names,
    get_value_or_default,
    is_body_allowed_for_status_code,
)


@pytest.mark.parametrize("status", [None, "default", "1XX", "4XX", 200, 206, "200", 404, 500])
def test_most_statuses_may_have_a_body(status: Any) -> None:
    """So may OpenAPI's ranges, whatever they cover."""
    assert is_body_allowed_for_status_code(status)


@pytest.mark.parametrize("status", [100, 199, 204, 205, 304, "204"])
def test_some_statuses_never_have_a_body(status: Any) -> None:
    """Those of which HTTP says so, given as a number or as a string."""
    assert not is_body_allowed_for_status_code(status)


def test_operation_ids_are_made_of_name_path_and_method() -> None:
    """What is no word character becomes an underscore."""
    route: Any = SimpleNamespace(name="read item!", path_format="/a/{b}/", methods=["POST"])

    assert generate_unique_id(route) == "read_item__a__b___post"
    assert generate_operation_id_for_path(name="f", path="/a/{b:path}-x", method="GET") == "f_a__b_path__x_get"


def test_the_names_in_a_path() -> None:
    """Between braces, as they are written there."""
    assert get_path_param_names("/a/{b}/{c:path}/{") == {"b", "c:path"}


def test_dicts_are_merged_deeply() -> None:
    """Dictionaries are merged, lists joined, all else replaced, in place."""
    main: dict[Any, Any] = {"a": {"b": 1}, "l": [1], "x": 1, "n": [1]}

    deep_dict_update(main, {"a": {"c": 2}, "l": [2], "x": {"q": 1}, "n": 2})

    assert main == {"a": {"b": 1, "c": 2}, "l": [1, 2], "x": {"q": 1}, "n": 2}


def test_the_first_that_was_set_wins() -> None:
    """Defaults give way to any value, also to one that is false; without a value the first default remains."""
    first = Default(1)

    assert get_value_or_default(first, Default(2), 0, 3) == 0
    assert get_value_or_default(first, Default(2)) is first
