"""This module lets a module offer names that are imported when they are first asked for (PEP 562)."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


def late_names(
    offering: str, places: Mapping[str, str], modules: str = ""
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """`__getattr__` and `__dir__` of the module `offering`, which has the names that stand behind each place.

    `modules` are modules below it, which `import zonda` lets people use as `zonda.routing`.

    if TYPE_CHECKING:
        from zonda.security.http import HTTPBearer

    __getattr__, __dir__ = late_names(__name__, {"zonda.security.http": "HTTPBasic HTTPBearer"})
    """
    place_of = {name: place for place, names in places.items() for name in names.split()}
    below = frozenset(modules.split())

    def get(name: str) -> Any:
        place = place_of.get(name)
        if name in below:
            return import_module(f"{offering}.{name}")
        if place is None:
            raise AttributeError(f"module {offering!r} has no attribute {name!r}", name=name, obj=sys.modules[offering])
        found = getattr(import_module(place), name)
        # Past the module's own `__setattr__`: nobody has replaced anything.
        return vars(sys.modules[offering]).setdefault(name, found)

    def names() -> list[str]:
        return sorted({*vars(sys.modules[offering]), *place_of, *below})

    return get, names
