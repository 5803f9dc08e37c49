"""This module holds what a parameter declares about itself: its source, its constraints, its documentation.

    FieldInfo (Pydantic)
    └── Declaration
        ├── Param: Path, Query, Header, Cookie
        └── Body
            └── Form
                └── File

    Depends
    └── Security

Users make these through the functions of `zonda.param_functions`, which have the same names.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined
from typing_extensions import Unpack

from zonda.concurrency.dependency_limit import DependencyLimit
from zonda.datastructures import _Unset
from zonda.declarations import (
    BodyFieldOptions,
    FormFieldOptions,
    HeaderFieldOptions,
    ParameterFieldOptions,
    spelled_out,
)
from zonda.exceptions import FastAPIDeprecationWarning
from zonda.types import DependencyScope


class ParamTypes(Enum):
    """Where a parameter outside the body comes from; the values are OpenAPI's."""

    query = "query"
    header = "header"
    path = "path"
    cookie = "cookie"


_OpenFieldInfo: Any = FieldInfo
"""Pydantic marks the class final for type checkers; FastAPI's interface is made of subclasses of it."""


class Declaration(_OpenFieldInfo):  # type: ignore[misc]  # its base is Any to a checker, see above
    """What all declarations share: a Pydantic field that also knows how it appears in OpenAPI."""

    # An instance has what was said about it: most say none of these, and then do without a dict.
    example: Any = _Unset
    include_in_schema: bool = True
    openapi_examples: dict[str, Any] | None = None

    def _declare(self, default: Any, options: dict[str, Any]) -> None:
        """Set up the Pydantic field from what `spelled_out` completed: every option, with its default."""
        for name in ("example", "include_in_schema", "openapi_examples"):
            self._say(name, options.pop(name))
        regex = options.pop("regex")
        self._warn_of_old_options(regex)
        options["pattern"] = options["pattern"] or regex
        _complete_aliases(options)
        given = {name: value for name, value in options.items() if value is not _Unset}
        super().__init__(default=PydanticUndefined if default is ... else default, **given)

    def _say(self, name: str, value: Any) -> None:
        if value is not getattr(self, name):
            setattr(self, name, value)

    def _warn_of_old_options(self, regex: str | None) -> None:
        for is_used, old, new in (
            (self.example is not _Unset, "example", "examples"),
            (regex is not None, "regex", "pattern"),
        ):
            if is_used:
                warnings.warn(
                    f"`{old}` has been deprecated, please use `{new}` instead",
                    category=FastAPIDeprecationWarning,
                    stacklevel=_levels_up_to_the_user(),
                )

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.default})"


def _levels_up_to_the_user() -> int:
    """The `stacklevel` for a warning of the caller that points at the line outside this package."""
    level, frame = 1, sys._getframe(1)
    while frame.f_back is not None and frame.f_globals.get("__name__", "").startswith("zonda."):
        level, frame = level + 1, frame.f_back
    return level


def _complete_aliases(options: dict[str, Any]) -> None:
    """An alias counts for validation and serialisation unless these have their own."""
    alias = options["alias"]
    if options["validation_alias"] in (None, _Unset):
        options["validation_alias"] = alias
    if options["serialization_alias"] in (None, _Unset) and isinstance(alias, str):
        options["serialization_alias"] = alias


class Param(Declaration):
    """A parameter from the path, the query, the headers or the cookies. Alone, it means the query."""

    in_: ParamTypes

    @spelled_out(ParameterFieldOptions)
    def __init__(self, default: Any = PydanticUndefined, **options: Unpack[ParameterFieldOptions]) -> None:
        self._declare(default, dict(options))


class Path(Param):
    """A parameter from the path; always required."""

    in_ = ParamTypes.path

    @spelled_out(ParameterFieldOptions)
    def __init__(self, default: Any = ..., **options: Unpack[ParameterFieldOptions]) -> None:
        if default is not ...:
            raise AssertionError("Path parameters cannot have a default value")
        self._declare(default, dict(options))


class Query(Param):
    """A parameter from the query string."""

    in_ = ParamTypes.query

    @spelled_out(ParameterFieldOptions)
    def __init__(self, default: Any = PydanticUndefined, **options: Unpack[ParameterFieldOptions]) -> None:
        self._declare(default, dict(options))


class Header(Param):
    """A parameter from the header fields; `x_token` is read from `x-token` unless told otherwise."""

    in_ = ParamTypes.header
    convert_underscores: bool = True

    @spelled_out(HeaderFieldOptions)
    def __init__(self, default: Any = PydanticUndefined, **options: Unpack[HeaderFieldOptions]) -> None:
        given: dict[str, Any] = dict(options)
        self._say("convert_underscores", given.pop("convert_underscores"))
        self._declare(default, given)


class Cookie(Param):
    """A parameter from the cookies."""

    in_ = ParamTypes.cookie

    @spelled_out(ParameterFieldOptions)
    def __init__(self, default: Any = PydanticUndefined, **options: Unpack[ParameterFieldOptions]) -> None:
        self._declare(default, dict(options))


class Body(Declaration):
    """A parameter from the request's body."""

    embed: bool | None = None
    media_type: str = "application/json"

    @spelled_out(BodyFieldOptions)
    def __init__(self, default: Any = PydanticUndefined, **options: Unpack[BodyFieldOptions]) -> None:
        given: dict[str, Any] = dict(options)
        self._say("embed", given.pop("embed"))
        self._say("media_type", given.pop("media_type"))
        self._declare(default, given)


class Form(Body):
    """A field of a form."""

    media_type = "application/x-www-form-urlencoded"

    @spelled_out(FormFieldOptions, media_type="application/x-www-form-urlencoded")
    def __init__(self, default: Any = PydanticUndefined, **options: Unpack[FormFieldOptions]) -> None:
        given: dict[str, Any] = dict(options)
        self._say("media_type", given.pop("media_type"))
        self._declare(default, given)


class File(Form):
    """An uploaded file of a form."""

    media_type = "multipart/form-data"

    @spelled_out(FormFieldOptions, media_type="multipart/form-data")
    def __init__(self, default: Any = PydanticUndefined, **options: Unpack[FormFieldOptions]) -> None:
        given: dict[str, Any] = dict(options)
        self._say("media_type", given.pop("media_type"))
        self._declare(default, given)


@dataclass(frozen=True)
class Depends:
    """A dependency: a callable whose value the parameter receives."""

    dependency: Callable[..., Any] | None = None
    use_cache: bool = True
    scope: DependencyScope | None = None
    max_concurrency: int | None = field(default=None, kw_only=True)
    parallel: bool | None = field(default=None, kw_only=True)
    _concurrency: DependencyLimit | None = field(default=None, kw_only=True, repr=False)

    def __post_init__(self) -> None:
        limit = self.max_concurrency
        if limit is not None and (type(limit) is not int or limit < 1):
            raise ValueError("max_concurrency must be a positive integer or None")
        if self.scope == "app" and (not self.use_cache or limit is not None):
            raise ValueError('scope="app" makes one value for the process: leave out use_cache and max_concurrency')
        shared = self._concurrency
        if (None if shared is None else shared.max_concurrency) != limit:  # a copy may ask for another limit
            object.__setattr__(self, "_concurrency", None if limit is None else DependencyLimit(limit))


@dataclass(frozen=True)
class Security(Depends):
    """A dependency that also asks for OAuth2 scopes."""

    scopes: Sequence[str] | None = None
