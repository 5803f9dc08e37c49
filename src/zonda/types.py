"""This module names the types that several stages annotate with."""

from __future__ import annotations

import types
from collections.abc import Callable
from enum import Enum
from typing import Any, Literal, TypeVar

from pydantic import BaseModel
from pydantic.main import IncEx

__all__ = ["DecoratedCallable", "DependencyCacheKey", "DependencyScope", "IncEx", "ModelNameMap", "UnionType"]

DecoratedCallable = TypeVar("DecoratedCallable", bound=Callable[..., Any])
UnionType = types.UnionType
ModelNameMap = dict[type[BaseModel] | type[Enum], str]
DependencyScope = Literal["function", "request", "app"]
"""When a dependency with `yield` is closed; `app`: one value for the process, of any kind of dependency."""
DependencyCacheKey = tuple[Callable[..., Any] | None, tuple[str, ...], str]
