"""This module makes a module of the `fastapi` package a view of the Zonda modules that really hold its names.

A mirror imports what it stands for when it is first asked for a name. What is set in it is set where the name lives
too, so that a tool which replaces `fastapi.sse._PING_INTERVAL` replaces what is used.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from importlib import import_module
from types import ModuleType
from typing import Any


class View:
    """Where the names of one alias module live.

    `names` maps a name to its place, `package.module:attribute`; other names are looked for in `sources`, in order.
    `values` are facts of the alias itself, such as `__version__`. `imports` are the modules below it that are imported
    with it. `on_use` is a function, `package.module:name`, that is called when the first name is asked for.
    """

    __slots__ = ("imports", "names", "on_use", "sources", "submodules", "values")

    def __init__(
        self,
        sources: tuple[str, ...] = (),
        names: Mapping[str, str] | None = None,
        values: Mapping[str, Any] | None = None,
        submodules: tuple[str, ...] = (),
        imports: tuple[str, ...] = (),
        on_use: str | None = None,
    ) -> None:
        self.sources = sources
        self.names = names or {}
        self.values = values or {}
        self.submodules = submodules
        self.imports = imports
        self.on_use = on_use

    @property
    def is_package(self) -> bool:
        return bool(self.submodules)


class Mirror(ModuleType):
    """A module that passes on what is set in it."""

    __zonda_view__: View
    __zonda_places__: dict[str, tuple[str, str]] | None
    """Which module holds a name, and under which name there; None until the first name is asked for."""

    def __init__(self, name: str, view: View) -> None:
        super().__init__(name, f"Zonda under the name `{name}`.")
        vars(self).update(view.values, __zonda_view__=view, __zonda_places__=None)

    def __getattr__(self, name: str) -> Any:
        """What is made when it is first asked for: names, and submodules."""
        view = self.__zonda_view__
        if name in view.submodules:
            return import_module(f"{self.__name__}.{name}")
        if name == "__file__":  # packages look for files beside a module, and reloaders for the file to watch
            return vars(self).setdefault(name, _file_of(view))
        if name == "__all__":  # a star takes what is public
            return [each for each in dir(self) if not each.startswith("_")]
        if not name.startswith("__"):
            places = _filled(self)
            if name in vars(self):
                return vars(self)[name]
            for module, attribute in [places[name]] if name in places else [(source, name) for source in view.sources]:
                if hasattr(import_module(module), attribute):
                    return vars(self).setdefault(name, getattr(import_module(module), attribute))
        raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}", name=name, obj=self)

    def __dir__(self) -> list[str]:
        return sorted({*vars(self), *_filled(self)})

    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__(name, value)
        place = self._place(name)
        if place is not None:
            setattr(import_module(place[0]), place[1], value)

    def __delattr__(self, name: str) -> None:
        super().__delattr__(name)
        place = self._place(name)
        if place is not None:
            delattr(import_module(place[0]), place[1])

    def _place(self, name: str) -> tuple[str, str] | None:
        # The import of a submodule sets it here; that is no reason to import everything else.
        if name.startswith("__") or name in self.__zonda_view__.submodules:
            return None
        return _filled(self).get(name)


def _filled(mirror: Mirror) -> dict[str, tuple[str, str]]:
    """The places of a mirror's names. What their modules have ready is taken over, the rest imported if asked for."""
    places = mirror.__zonda_places__
    if places is None:
        view, namespace = mirror.__zonda_view__, vars(mirror)
        places = {}
        for source in reversed(view.sources):
            module = import_module(source)
            places.update((name, (source, name)) for name in dir(module) if not name.startswith("__"))
        places.update((name, _held_at(place)) for name, place in view.names.items())
        for name, (source, attribute) in places.items():
            ready = vars(sys.modules[source]) if source in sys.modules else {}
            if attribute in ready:
                namespace.setdefault(name, ready[attribute])
        namespace["__zonda_places__"] = places
        if view.on_use is not None:
            holder, function = _held_at(view.on_use)
            getattr(import_module(holder), function)()
    return places


def _held_at(place: str) -> tuple[str, str]:
    module, _, attribute = place.partition(":")
    return module, attribute


def _file_of(view: View) -> str | None:
    held = view.sources[0] if view.sources else next((_held_at(place)[0] for place in view.names.values()), None)
    if held is None:
        return None
    from importlib.util import find_spec

    spec = find_spec(held)
    return None if spec is None else spec.origin
