"""This module answers what an annotation is: one value or many, a file, bytes, a model.

The names are FastAPI's, since packages import them.
"""

from __future__ import annotations

import sys
import types
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import is_dataclass
from functools import lru_cache, wraps
from typing import Annotated, Any, TypeGuard, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel
from starlette.datastructures import UploadFile

T = TypeVar("T")

sequence_annotation_to_type: dict[Any, type[Any]] = {
    Sequence: list,
    list: list,
    tuple: tuple,
    set: set,
    frozenset: frozenset,
    deque: deque,
}
sequence_types: tuple[type[Any], ...] = tuple(sequence_annotation_to_type)


Answer = TypeVar("Answer", bound=Callable[[Any], bool])


def _remembered(question: Answer) -> Answer:
    """A question whose answer is the same for equal annotations: routes have the same few again and again."""
    known = lru_cache(maxsize=1024)(question)

    @wraps(question)
    def answer(annotation: Any) -> bool:
        try:
            return known(annotation)
        except TypeError:  # metadata without a hash
            return question(annotation)

    return answer  # type: ignore[return-value]  # of the same parameters


def lenient_issubclass(cls: Any, class_or_tuple: type[T] | tuple[type[T], ...] | None) -> TypeGuard[type[T]]:
    """`issubclass` that is False for what is no class."""
    try:
        return isinstance(cls, type) and issubclass(cls, class_or_tuple)  # type: ignore[arg-type]  # None is refused
    except TypeError:
        return False


def is_union(annotation: Any) -> bool:
    origin = get_origin(annotation)
    return origin is Union or origin is types.UnionType


def alternatives(annotation: Any) -> tuple[Any, ...]:
    """The members of a union; anything else is its own only alternative."""
    return get_args(annotation) if is_union(annotation) else (annotation,)


def without_metadata(annotation: Any) -> Any:
    return get_args(annotation)[0] if get_origin(annotation) is Annotated else annotation


def _is_sequence_class(annotation: Any) -> bool:
    return lenient_issubclass(annotation, sequence_types) and not lenient_issubclass(annotation, (str, bytes))


def value_is_sequence(value: Any) -> bool:
    return not isinstance(value, (str, bytes)) and isinstance(value, sequence_types)


def is_sequence_type(annotation: Any) -> bool:
    """A sequence itself, not a union with one."""
    return _is_sequence_class(annotation) or _is_sequence_class(get_origin(annotation))


def _is_complex_class(annotation: Any) -> bool:
    return (
        lenient_issubclass(annotation, (BaseModel, Mapping, UploadFile))
        or _is_sequence_class(annotation)
        or is_dataclass(annotation)
    )


@_remembered
def field_annotation_is_sequence(annotation: object) -> bool:
    """Some alternative holds many values: repeated keys are collected."""
    return any(
        is_sequence_type(item) or (item is not annotation and field_annotation_is_sequence(item))
        for item in alternatives(without_metadata(annotation))
    )


@_remembered
def field_annotation_is_complex(annotation: object) -> bool:
    """Some alternative is more than one plain value, so that it comes from the body unless told otherwise."""
    return any(
        _is_complex_class(item)
        or _is_complex_class(get_origin(item))
        or (item is not annotation and field_annotation_is_complex(item))
        for item in alternatives(without_metadata(annotation))
    )


def field_annotation_is_scalar(annotation: Any) -> bool:
    """One plain value; `...` counts, as the end of `tuple[int, ...]`."""
    return annotation is ... or not field_annotation_is_complex(annotation)


@_remembered
def field_annotation_is_scalar_sequence(annotation: object) -> bool:
    """Many plain values: at least one alternative is a sequence of such, and every other one is plain."""
    found = False
    for item in alternatives(without_metadata(annotation)):
        plain = without_metadata(item)
        if is_union(plain):
            if field_annotation_is_scalar_sequence(plain):
                found = True
            elif not field_annotation_is_scalar(plain):
                return False
        elif is_sequence_type(plain):
            if not all(field_annotation_is_scalar(argument) for argument in get_args(plain)):
                return False
            found = True
        elif not field_annotation_is_scalar(plain):
            return False
    return found


def _is_or_has(annotation: Any, test: Callable[[Any], bool]) -> bool:
    return any(test(item) for item in alternatives(annotation))


def _is_sequence_of(annotation: Any, test: Callable[[Any], bool]) -> bool:
    return any(
        is_sequence_type(item) and all(test(argument) for argument in get_args(item))
        for item in alternatives(annotation)
    )


@_remembered
def is_bytes_or_nonable_bytes_annotation(annotation: Any) -> bool:
    return _is_or_has(annotation, lambda item: lenient_issubclass(item, bytes))


@_remembered
def is_uploadfile_or_nonable_uploadfile_annotation(annotation: Any) -> bool:
    return _is_or_has(annotation, lambda item: lenient_issubclass(item, UploadFile))


@_remembered
def is_bytes_sequence_annotation(annotation: Any) -> bool:
    return _is_sequence_of(annotation, is_bytes_or_nonable_bytes_annotation)


@_remembered
def is_uploadfile_sequence_annotation(annotation: Any) -> bool:
    return _is_sequence_of(annotation, is_uploadfile_or_nonable_uploadfile_annotation)


def annotation_is_pydantic_v1(annotation: Any) -> bool:
    """A `pydantic.v1` model, or a union or sequence with one."""
    v1 = sys.modules.get("pydantic.v1")  # no such model exists before the user imported it, and importing it is slow
    if v1 is None:
        return False
    if lenient_issubclass(annotation, v1.BaseModel):
        return True
    if is_union(annotation) or field_annotation_is_sequence(annotation):
        return any(annotation_is_pydantic_v1(argument) for argument in get_args(annotation))
    return False
