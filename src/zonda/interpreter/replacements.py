"""This module knows which functions of `fastapi.routing` a tool has replaced, and gives what is there now.

Monitoring tools replace these functions while the program runs. Whoever calls one asks for it by name at each call;
whoever compiled a route instead asks `replaced_names()` when `zonda.changes.declared` has moved.
"""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any, TypeVar

from zonda.changes import declared

Function = TypeVar("Function", bound=Callable[..., Any])

_originals: dict[str, Callable[..., Any]] = {}
_replacements: dict[str, Any] = {}


def replaceable(function: Function) -> Function:
    """Register a function as one that tools replace."""
    _originals[function.__name__] = function
    return function


def current(name: str) -> Any:
    """The function of that name as it is now."""
    return _replacements.get(name, _originals[name])


def replaced_names() -> frozenset[str]:
    """The functions that are not the original ones; routes then run step by step, through the replacements."""
    return frozenset(_replacements)


def replace(name: str, function: Any) -> None:
    """Note what a tool put in a function's place; putting the original back ends the replacement."""
    if name not in _originals or function is current(name):
        return
    if function is _originals[name]:
        _replacements.pop(name, None)
    else:
        _replacements[name] = function
    declared.note()


class WatchedModule(ModuleType):
    """A module in which replacing one of these functions is noticed."""

    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__(name, value)
        replace(name, value)

    def __delattr__(self, name: str) -> None:
        super().__delattr__(name)
        replace(name, _originals.get(name))


def watch(module: ModuleType) -> None:
    """Notice replacements made in a module that offers these functions."""
    module.__class__ = WatchedModule
