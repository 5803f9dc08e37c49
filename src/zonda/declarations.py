"""This module writes down once the options that `Query()`, `Path()`, `Body()` and their classes take.

Each function and class takes its options as a closed TypedDict; `spelled_out` completes them with the defaults
and shows every option in `inspect.signature` and `help()`, as if all had been written out by hand.
"""

import inspect
import re
from collections.abc import Callable, Collection
from functools import wraps
from typing import Annotated, Any, Literal, ParamSpec, TypedDict, TypeVar, get_type_hints

from pydantic import AliasChoices, AliasPath, Discriminator
from typing_extensions import deprecated

from zonda.datastructures import _Unset
from zonda.late_signature import LateSignature


class _Start(TypedDict, total=False):
    default_factory: Callable[[], Any] | None


class _Annotation(TypedDict, total=False):
    annotation: Any | None


class _Embedding(TypedDict, total=False):
    embed: bool | None


class _Content(TypedDict, total=False):
    media_type: str


class _Aliases(TypedDict, total=False):
    alias: str | None
    alias_priority: int | None
    validation_alias: str | AliasPath | AliasChoices | None
    serialization_alias: str | None


class _Conversion(TypedDict, total=False):
    convert_underscores: bool


class _Rest(TypedDict, total=False):
    title: str | None
    description: str | None
    gt: float | None
    ge: float | None
    lt: float | None
    le: float | None
    min_length: int | None
    max_length: int | None
    pattern: str | re.Pattern[str] | None
    regex: Annotated[str | None, deprecated("Use `pattern` instead, as Pydantic 2 calls it.")]
    discriminator: str | Discriminator | None
    strict: bool | None
    validate_default: bool | None
    union_mode: Literal["smart", "left_to_right"] | None
    fail_fast: bool | None
    multiple_of: float | None
    allow_inf_nan: bool | None
    max_digits: int | None
    decimal_places: int | None
    examples: list[Any] | None
    example: Annotated[Any | None, deprecated("Use `examples` instead, as JSON Schema 2020-12 in OpenAPI 3.1 does.")]
    openapi_examples: dict[str, Any] | None
    deprecated: deprecated | str | bool | None
    include_in_schema: bool
    json_schema_extra: dict[str, Any] | Callable[[dict[str, Any]], None] | None


class ParameterOptions(_Start, _Aliases, _Rest, total=False):
    """What `Path()`, `Query()` and `Cookie()` take."""


class HeaderOptions(_Start, _Aliases, _Conversion, _Rest, total=False):
    """What `Header()` takes."""


class BodyOptions(_Start, _Embedding, _Content, _Aliases, _Rest, total=False):
    """What `Body()` takes."""


class FormOptions(_Start, _Content, _Aliases, _Rest, total=False):
    """What `Form()` and `File()` take."""


class ParameterFieldOptions(_Start, _Annotation, _Aliases, _Rest, total=False):
    """What the classes `Param`, `Path`, `Query` and `Cookie` take."""


class HeaderFieldOptions(_Start, _Annotation, _Aliases, _Conversion, _Rest, total=False):
    """What the class `Header` takes."""


class BodyFieldOptions(_Start, _Annotation, _Embedding, _Content, _Aliases, _Rest, total=False):
    """What the class `Body` takes."""


class FormFieldOptions(_Start, _Annotation, _Content, _Aliases, _Rest, total=False):
    """What the classes `Form` and `File` take."""


DEFAULTS: dict[str, Any] = {
    "annotation": None,
    "embed": None,
    "media_type": "application/json",
    "convert_underscores": True,
    **dict.fromkeys(("gt", "ge", "lt", "le", "min_length", "max_length", "pattern", "regex", "openapi_examples")),
    "include_in_schema": True,
}
"""The defaults of the options; those that are not here are unset, which is not the same as None."""

P = ParamSpec("P")
T = TypeVar("T")
R = TypeVar("R")


def spelled_out(
    options: type[Any], *, not_passed: Collection[str] = (), **defaults: Any
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Pass every option of the TypedDict `options` on, and show each one in the signature.

    Those in `not_passed` are passed on only where they are given.
    """
    table = {name: defaults.get(name, DEFAULTS.get(name, _Unset)) for name in options.__annotations__}
    passed = {name: default for name, default in table.items() if name not in not_passed}

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        code = function.__code__
        known = {*table, *code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]}

        @wraps(function)
        def with_all_options(*args: P.args, **kwargs: P.kwargs) -> R:
            if not known.issuperset(kwargs):
                raise unexpected(function, next(name for name in kwargs if name not in known), known)
            return function(*args, **{**passed, **kwargs})  # type: ignore[arg-type]  # the table completes P's options

        with_all_options.__signature__ = LateSignature(lambda: _spelled_out(function, options, table))  # type: ignore[attr-defined]  # read by inspect
        return with_all_options

    return decorate


def _spelled_out(function: Callable[..., Any], options: type[Any], table: dict[str, Any]) -> inspect.Signature:
    annotations = get_type_hints(options, include_extras=True)
    own = inspect.signature(function)
    shown = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotations[name])
        for name, default in table.items()
    ]
    first = [item for item in own.parameters.values() if item.kind is not inspect.Parameter.VAR_KEYWORD]
    return own.replace(parameters=[*first, *shown])


def unexpected(function: Callable[..., Any], name: str, known: set[str]) -> TypeError:
    """Python's own words, and its hint, which before 3.13 only attributes and names have."""
    from difflib import get_close_matches

    near = get_close_matches(name, sorted(known), n=1)
    hint = f". Did you mean {near[0]!r}?" if near else ""
    return TypeError(f"{function.__qualname__}() got an unexpected keyword argument {name!r}{hint}")
