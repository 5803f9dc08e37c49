"""This module makes a module of the `fastapi` package a view of the Zonda modules that really hold its names.

A mirror has every name in its own namespace, as the module it stands for, and what is set in it is set where the name
lives too, so that a tool which replaces `fastapi.sse._PING_INTERVAL` replaces what is used.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any


@dataclass(frozen=True, slots=True)
class View:
    """Where the names of one alias module live.

    `names` maps a name to its place, `package.module:attribute`; other names are looked for in `sources`, in order.
    `values` are facts of the alias itself, such as `__version__`.
    """

    sources: tuple[str, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)
    submodules: tuple[str, ...] = ()
    imports: tuple[str, ...] = ()
    """The modules below it that are imported with it."""

    @property
    def is_package(self) -> bool:
        return bool(self.submodules)


class Mirror(ModuleType):
    """A module that passes on what is set in it."""

    __zonda_view__: View
    __zonda_places__: dict[str, tuple[ModuleType, str]]
    """Which module holds a name, and under which name there."""

    def __init__(self, name: str, view: View) -> None:
        super().__init__(name, f"Zonda under the name `{name}`.")
        vars(self).update(view.values, __zonda_view__=view, __zonda_places__={})

    def __getattr__(self, name: str) -> Any:
        """What is made when it is first asked for: submodules, and names that their own module makes late."""
        view = self.__zonda_view__
        if name in view.submodules:
            return importlib.import_module(f"{self.__name__}.{name}")
        if not name.startswith("__"):
            for module, attribute in _candidates(view, name):
                if hasattr(module, attribute):
                    return getattr(module, attribute)
        raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}", name=name, obj=self)

    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__(name, value)
        place = self.__zonda_places__.get(name)
        if place is not None:
            setattr(*place, value)

    def __delattr__(self, name: str) -> None:
        super().__delattr__(name)
        place = self.__zonda_places__.get(name)
        if place is not None:
            delattr(*place)


def fill(mirror: Mirror) -> None:
    """Import the modules behind a mirror and take their names over."""
    view = mirror.__zonda_view__
    places = mirror.__zonda_places__
    for module in map(importlib.import_module, reversed(view.sources)):
        places.update((name, (module, name)) for name in vars(module) if not name.startswith("__"))
    for name, place in view.names.items():
        module, attribute = _held_at(place)
        if hasattr(module, attribute):
            places[name] = module, attribute
    vars(mirror).update((name, getattr(*place)) for name, place in places.items())
    held = next((module for module, _ in places.values()), None)
    # Packages look for files beside a module, and reloaders for the file to watch.
    mirror.__file__ = getattr(importlib.import_module(view.sources[0]) if view.sources else held, "__file__", None)


def _candidates(view: View, name: str) -> list[tuple[ModuleType, str]]:
    if name in view.names:
        return [_held_at(view.names[name])]
    return [(importlib.import_module(source), name) for source in view.sources]


def _held_at(place: str) -> tuple[ModuleType, str]:
    module, _, attribute = place.partition(":")
    return importlib.import_module(module), attribute
