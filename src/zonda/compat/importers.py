"""This module finds out which modules imported a package, from what they hold and what their source says."""

from __future__ import annotations

import ast
import sys
from pathlib import Path
from types import ModuleType
from typing import Any


def importers_of(package: str) -> list[str]:
    """`name (file, line)` of each loaded module that holds something of the package, the likely first importer first.

    A module is entered into `sys.modules` when its import begins, so the module that caused the first import stands
    before the package, and nearest to it.
    """
    order = list(sys.modules)
    position = order.index(package) if package in order else len(order)
    found = [
        (index, name, module)
        for index, (name, module) in enumerate(list(sys.modules.items()))
        if not _is_inside(name, package) and isinstance(module, ModuleType) and _holds(module, package)
    ]
    before = [entry for entry in reversed(found) if entry[0] < position]
    after = [entry for entry in found if entry[0] > position]
    return [_described(name, module, package) for _, name, module in before + after]


def _is_inside(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


def _holds(module: ModuleType, package: str) -> bool:
    return any(_is_inside(_origin(value), package) for value in list(vars(module).values()))


def _origin(value: Any) -> str:
    """The module a value comes from; lazy objects may raise anything when they are asked."""
    try:
        origin = value.__name__ if isinstance(value, ModuleType) else vars(type(value)).get("__module__", "")
        if not isinstance(value, ModuleType) and callable(value):
            origin = getattr(value, "__module__", origin)
    except Exception:  # noqa: BLE001  (a foreign object's attribute access is not ours to judge)
        return ""
    return origin if isinstance(origin, str) else ""


def _described(name: str, module: ModuleType, package: str) -> str:
    file = getattr(module, "__file__", None)
    if not isinstance(file, str):
        return name
    line = _import_line(Path(file), package)
    return f"{name} ({file}, line {line})" if line else f"{name} ({file})"


def _import_line(file: Path, package: str) -> int | None:
    """The first line that imports the package, None when the source cannot be read or does not say."""
    try:
        tree = ast.parse(file.read_bytes())
    except (OSError, SyntaxError, ValueError):
        return None
    statements = (node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom))
    return min((node.lineno for node in statements if _imports(node, package)), default=None)


def _imports(statement: ast.Import | ast.ImportFrom, package: str) -> bool:
    if isinstance(statement, ast.ImportFrom):
        return statement.level == 0 and _is_inside(statement.module or "", package)
    return any(_is_inside(alias.name, package) for alias in statement.names)
