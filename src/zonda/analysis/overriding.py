"""This module finds dependencies that replace others while a request is being answered.

What is compiled asks for overrides once, before a request: a route with such a dependency is run step by step, where
each dependency is asked for when its turn comes.
"""

from __future__ import annotations

import inspect
from functools import lru_cache
from types import CodeType
from typing import Any

from zonda.analysis.dependant import Dependant
from zonda.analysis.signatures import underlying
from zonda.analysis.tree import every

ATTRIBUTE = "dependency_overrides"


def installs_overrides(dependant: Dependant) -> bool:
    """The code of a dependency of this endpoint speaks of an application's `dependency_overrides`."""
    return any(_mentions(item.call) for child in dependant.dependencies for item in every(child))


def _mentions(call: Any) -> bool:
    function = underlying(call)
    code = getattr(function, "__code__", None)
    if code is None:  # a class, or an instance whose class says what a call does
        method = function.__init__ if inspect.isclass(function) else getattr(type(function), "__call__", None)  # noqa: B004
        code = getattr(underlying(method), "__code__", None)
    return isinstance(code, CodeType) and _names(code)


@lru_cache(maxsize=4096)
def _names(code: CodeType) -> bool:
    inner = (constant for constant in code.co_consts if isinstance(constant, CodeType))
    return ATTRIBUTE in code.co_names or any(map(_names, inner))
