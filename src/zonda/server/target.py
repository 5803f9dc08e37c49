"""This module names an application, so that each process that serves it can load it by itself."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from zonda.applications import Zonda

PREFERRED_NAMES = ("app", "api")
FACTORY_NAMES = ("create_app", "make_app", "build_app", "get_app", "create_application", "get_application")


class TargetError(Exception):
    """No application where one was said to be; the text says what to do."""


@dataclass(frozen=True)
class Target:
    """Where an application is. Loading it is left to the process that serves it."""

    module: str
    name: str | None = None
    """An attribute, with dots; None is looked for by FastAPI's rules."""
    directory: str = ""
    """Goes to the front of `sys.path`; empty is the working directory."""
    alias: bool = True
    """`import fastapi` means Zonda in the application."""
    is_factory: bool = False
    """The name is a function that makes the application."""

    @classmethod
    def parse(cls, text: str, *, directory: str = "", alias: bool = True, is_factory: bool = False) -> Target:
        """`shop.main:app`, or `shop.main` with the name to be found."""
        module, _, name = text.partition(":")
        return cls(module, name or None, directory, alias, is_factory)

    def __str__(self) -> str:
        return f"{self.module}:{self.name}" if self.name else self.module

    def load(self) -> Any:
        """Import the module and return its application.

        Raises TargetError when there is none, and whatever the user's own code raises while it is imported.
        """
        if self.alias:
            from zonda.compat import install

            install()
        directory = str(Path(self.directory).resolve())
        if directory not in sys.path:
            sys.path.insert(0, directory)
        module = self.import_module()
        if self.is_factory:
            return self.factory(module)()
        return find_application(module) if self.name is None else self.named(module, self.name)

    def factory(self, module: ModuleType) -> Any:
        found = find_factory(module) if self.name is None else self.named(module, self.name)
        if isinstance(found, application_classes()):
            raise TargetError(f"{self} is an application, not a function that makes one: leave --factory out.")
        return found

    def import_module(self) -> ModuleType:
        try:
            return import_module(self.module)
        except ModuleNotFoundError as error:
            # Only the target itself is our subject; a module that the user's code misses is the user's error.
            if error.name is None or not f"{self.module}.".startswith(f"{error.name}."):
                raise
            where = Path(self.directory or ".").resolve()
            raise TargetError(f"There is no module {error.name!r} in {where} or on Python's path.") from None

    def named(self, module: ModuleType, name: str) -> Any:
        found: Any = module
        for part in name.split("."):
            if not hasattr(found, part):
                raise TargetError(f"Module {self.module!r} ({module.__file__}) has no {name!r}.{suggestion(module)}")
            found = getattr(found, part)
        if not callable(found):
            raise TargetError(f"{self} is {found!r}, which is not an application.{suggestion(module)}")
        return found


def find_application(module: ModuleType) -> Any:
    """FastAPI's rules: `app`, then `api`, then any application in the module."""
    found = dict(applications_in(module))
    if not found:
        raise TargetError(
            f"There is no application in module {module.__name__!r} ({module.__file__}).\n"
            "Write `app = Zonda()` (or `FastAPI()`) at its top level, or name the object: "
            f"{module.__name__}:name{factory_hint(module)}"
        )
    return found[next((name for name in PREFERRED_NAMES if name in found), next(iter(found)))]


def find_factory(module: ModuleType) -> Any:
    for name in FACTORY_NAMES:
        if callable(found := getattr(module, name, None)):
            return found
    raise TargetError(
        f"There is no {FACTORY_NAMES[0]}() in module {module.__name__!r} ({module.__file__}). "
        f"Name the function that makes the application: {module.__name__}:name --factory"
    )


def factory_hint(module: ModuleType) -> str:
    name = next((name for name in FACTORY_NAMES if callable(getattr(module, name, None))), None)
    return "" if name is None else f"\nIf {name}() makes it, add --factory."


def application_classes() -> tuple[type, ...]:
    # Without the alias, an application may be of FastAPI itself.
    fastapi = sys.modules.get("fastapi")
    return (Zonda,) if fastapi is None else (Zonda, fastapi.FastAPI)


def applications_in(module: ModuleType) -> Iterator[tuple[str, Any]]:
    classes = application_classes()
    return ((name, value) for name, value in vars(module).items() if isinstance(value, classes))


def suggestion(module: ModuleType) -> str:
    names = [name for name, _ in applications_in(module)]
    return f" Did you mean {module.__name__}:{names[0]}?" if names else ""
