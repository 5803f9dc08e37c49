"""This module knows which functions of `fastapi.routing` a tool has replaced, and gives what is there now.

Monitoring tools replace these functions while the program runs. Whoever calls one asks for it by name at each call;
whoever compiled a route instead asks `replaced_names()` when `zonda.changes.declared` has moved.
"""

from __future__ import annotations

from importlib import import_module
from types import ModuleType
from typing import Any

from zonda.changes import declared

_PLACES = {
    "get_request_handler": "handlers",
    "get_websocket_app": "handlers",
    "request_response": "sessions",
    "run_endpoint_function": "results",
    "serialize_response": "results",
    "solve_dependencies": "dependencies",
    "websocket_session": "sessions",
}
"""The functions that tools replace, and their modules in this package, imported once a route runs step by step."""

_replacements: dict[str, Any] = {}


def current(name: str) -> Any:
    """The function of that name as it is now."""
    return _replacements[name] if name in _replacements else _original(name)


def _original(name: str) -> Any:
    return getattr(import_module(f"zonda.interpreter.{_PLACES[name]}"), name)


def replaced_names() -> frozenset[str]:
    """The functions that are not the original ones; routes then run step by step, through the replacements."""
    return frozenset(_replacements)


def replace(name: str, function: Any) -> None:
    """Note what a tool put in a function's place; putting the original back ends the replacement."""
    if name not in _PLACES or function is current(name):
        return
    if function is _original(name):
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
        replace(name, _original(name) if name in _PLACES else None)


def watch(module: ModuleType) -> None:
    """Notice replacements made in a module that offers these functions."""
    module.__class__ = WatchedModule
