"""This module makes a module of the `fastapi` package a view of the Zonda modules that really hold its names.

Reading, replacing and deleting a name goes through to the place where it lives, so that a tool which replaces
`fastapi.sse._PING_INTERVAL` replaces what is used.
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

    @property
    def is_package(self) -> bool:
        return bool(self.submodules)


class Mirror(ModuleType):
    """A module that keeps nothing but what nobody else holds."""

    __zonda_view__: View
    __zonda_places__: dict[str, tuple[Any, str]]
    """Where names were found, so that one which is deleted and set again (as `mock.patch` does) lands there."""

    def __init__(self, name: str, view: View) -> None:
        super().__init__(name, f"Zonda under the name `{name}`.")
        vars(self).update(view.values, __zonda_view__=view, __zonda_places__={})

    def __getattr__(self, name: str) -> Any:
        if name == "__all__":
            return public_names(self)
        place = _place(self, name)
        if place is not None:
            return getattr(*place)
        if name in self.__zonda_view__.submodules:
            return importlib.import_module(f"{self.__name__}.{name}")
        raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}", name=name, obj=self)

    def __setattr__(self, name: str, value: Any) -> None:
        place = None if _belongs_to_the_mirror(self, name) else _place(self, name)
        if place is None:
            super().__setattr__(name, value)
        else:
            setattr(*place, value)

    def __delattr__(self, name: str) -> None:
        place = None if _belongs_to_the_mirror(self, name) else _place(self, name)
        if place is None:
            super().__delattr__(name)
        else:
            delattr(*place)

    def __dir__(self) -> list[str]:
        return sorted({*vars(self), *public_names(self)})


def public_names(mirror: Mirror) -> list[str]:
    """What `from <module> import *` takes."""
    view = mirror.__zonda_view__
    names = {*view.names, *view.submodules, *(name for source in view.sources for name in dir(_module(source)))}
    return sorted(name for name in names if not name.startswith("_"))


def load_sources(mirror: Mirror) -> None:
    """Import the modules behind a mirror, so that their errors are raised where the alias is imported."""
    for source in mirror.__zonda_view__.sources:
        _module(source)


def _belongs_to_the_mirror(mirror: Mirror, name: str) -> bool:
    view = mirror.__zonda_view__
    return name in vars(mirror) or name in view.submodules or (name.startswith("__") and name.endswith("__"))


def _place(mirror: Mirror, name: str) -> tuple[Any, str] | None:
    """The object that holds a name, and the name there; None if nothing does."""
    places = mirror.__zonda_places__
    if name not in places:
        found = _find(mirror.__zonda_view__, name)
        if found is None:
            return None
        places[name] = found
    return places[name]


def _find(view: View, name: str) -> tuple[Any, str] | None:
    written = view.names.get(name)
    if written is not None:
        module, _, attribute = written.partition(":")
        return _module(module), attribute
    if name.startswith("__"):
        return None
    return next(((module, name) for module in map(_module, view.sources) if hasattr(module, name)), None)


def _module(name: str) -> ModuleType:
    return importlib.import_module(name)
