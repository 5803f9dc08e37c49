"""Tests of reading signatures: string annotations, wrappers, names that only type checkers see."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Generator, Iterable, Sequence
from functools import partial, wraps
from typing import TYPE_CHECKING, Annotated, Any, ForwardRef

import pytest

from zonda.analysis.signatures import (
    get_stream_item_type,
    get_typed_annotation,
    get_typed_return_annotation,
    get_typed_signature,
)

if TYPE_CHECKING:
    from nowhere import Missing  # type: ignore[import-not-found]


class Known:
    def __init__(self, size: int) -> None: ...

    def __call__(self, value: Known, count: Annotated[int, "doc"] = 1) -> list[Known]: ...


def partly_known(value: Annotated[int, "doc"], other: Missing) -> Missing: ...


@wraps(partly_known)
def wrapper(*args: Any, **kwargs: Any) -> Any: ...


def annotations(call: Callable[..., Any]) -> dict[str, Any]:
    return {name: item.annotation for name, item in get_typed_signature(call).parameters.items()}


def test_strings_become_types() -> None:
    """Annotations written as strings are resolved where the callable was written."""
    assert annotations(Known) == {"size": int}
    assert annotations(Known(1)) == {"value": Known, "count": Annotated[int, "doc"]}


@pytest.mark.parametrize("call", [partly_known, wrapper, partial(partly_known), partial(wrapper)])
def test_unknown_names_stay_references(call: Callable[..., Any]) -> None:
    """A name for type checkers only spoils no other annotation."""
    assert annotations(call) == {"value": Annotated[int, "doc"], "other": ForwardRef("Missing")}


def test_a_signature_of_its_own_is_honoured() -> None:
    """What a decorator set as `__signature__` counts."""

    def call(*args: Any, **kwargs: Any) -> None: ...

    call.__signature__ = get_typed_signature(Known)  # type: ignore[attr-defined]

    assert annotations(call) == {"size": int}


def test_return_annotations() -> None:
    """None for a callable without one, also for one that returns None."""

    def nothing() -> None: ...

    assert get_typed_return_annotation(Known(1)) == list[Known]
    assert get_typed_return_annotation(nothing) is None
    assert get_typed_return_annotation(Known) is None
    assert get_typed_annotation("None", {}) is None


@pytest.mark.parametrize(
    ("annotation", "item"),
    [
        (Iterable[int], int),
        (AsyncIterator[str], str),
        (Generator[int, None, None], int),
        (Sequence[int], None),
        (list[int], None),
        (None, None),
    ],
)
def test_stream_items(annotation: Any, item: Any) -> None:
    """What iterates without being a value is a stream of its items."""
    assert get_stream_item_type(annotation) is item
