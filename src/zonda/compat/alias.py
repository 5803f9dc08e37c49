"""This module puts Zonda behind the name `fastapi`: one finder, asked before all others."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from importlib import import_module
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import TYPE_CHECKING, Any

from zonda.compat.mirrors import Mirror
from zonda.compat.names import VIEWS

if TYPE_CHECKING:
    from importlib.metadata import Distribution, DistributionFinder

ALIAS = "fastapi"


class AliasLoader:
    """Makes the mirror for one alias module."""

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return Mirror(spec.name, VIEWS[spec.name])

    def exec_module(self, module: ModuleType) -> None:
        if isinstance(module, Mirror):
            for name in module.__zonda_view__.imports:
                import_module(f"{module.__name__}.{name}")


class AliasFinder:
    """Answers for `fastapi` and everything below it, and for the distribution of that name.

    A module that the alias does not have is not there, even when FastAPI is installed: half of each framework in
    one program would be two sets of classes.
    """

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        view = VIEWS.get(fullname)
        if view is None:
            if fullname.startswith(f"{ALIAS}."):
                raise ModuleNotFoundError(f"No module named {fullname!r}", name=fullname)
            return None
        loader: Any = AliasLoader()  # it has a loader's methods; `importlib.abc` would import much for the base class
        return ModuleSpec(fullname, loader, origin="zonda", is_package=view.is_package)

    def find_distributions(self, context: DistributionFinder.Context | None = None) -> Iterator[Distribution]:
        from zonda.compat.distribution import AliasDistribution

        name = None if context is None else context.name
        if name is None or name.lower() == ALIAS:
            yield AliasDistribution()


class ImportedTooEarlyError(RuntimeError):
    """FastAPI itself was imported before the alias was installed."""

    def __init__(self, importers: Sequence[str]) -> None:
        self.importers = tuple(importers)
        where = "\n".join(f"    {importer}" for importer in importers) or "    (no loaded module refers to it any more)"
        super().__init__(
            "FastAPI was imported before `zonda.compat.install()`, so the program would run on both.\n"
            f"  Imported by:\n{where}\n"
            "  Call `zonda.compat.install()` before that import, or start the application with `zonda run`."
        )


def install() -> None:
    """Make `import fastapi` mean Zonda from here on. Calling it again changes nothing.

    Raises ImportedTooEarlyError when FastAPI itself is loaded already.
    """
    loaded = sys.modules.get(ALIAS)
    if loaded is not None and not isinstance(loaded, Mirror):
        from zonda.compat.importers import importers_of

        raise ImportedTooEarlyError(importers_of(ALIAS))
    if not is_installed():
        sys.meta_path.insert(0, AliasFinder())


def is_installed() -> bool:
    return any(isinstance(finder, AliasFinder) for finder in sys.meta_path)
