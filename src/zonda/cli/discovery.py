"""This module finds the application by FastAPI's rules, from file names alone: nothing is imported."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from zonda.server.target import Target

DEFAULT_FILES = ("main.py", "app.py", "api.py", "app/main.py", "app/app.py", "app/api.py")
CONFIGURED_BY = ("zonda", "fastapi")
"""The tables of pyproject.toml that may say `entrypoint = "shop.main:app"`; the first one wins."""


class DiscoveryError(Exception):
    """No application is where it was looked for; the text says what to do."""


def find_target(text: str | None, *, name: str | None = None, directory: str = "") -> Target:
    """The application that a command's TARGET means: a file, a package folder, `module:app`, or nothing at all.

        main.py    shop/    shop/main.py:app    shop.main:app

    `name` is the object's, and wins. Without a TARGET, pyproject.toml is asked, then FastAPI's file names are tried.
    """
    if text is None:
        text = configured(Path("pyproject.toml"))
    target = default_target() if text is None else named_target(text, directory)
    return target if name is None else replace(target, name=name)


def named_target(text: str, directory: str) -> Target:
    path, _, name = text.partition(":") if not Path(text).exists() else (text, "", "")
    if Path(path).exists():
        return replace(file_target(Path(path)), name=name or None)
    if path.endswith(".py") or "/" in path or not all(map(str.isidentifier, path.split("."))):
        raise DiscoveryError(f"Path does not exist {path}{near(Path(path))}")
    if not name and not module_file(path, Path(directory)):
        raise DiscoveryError(
            f"Path does not exist {path}{near(Path(path))}\nName a file, or a module and its application: {path}:app"
        )
    return Target(path, name or None, directory)


def near(path: Path) -> str:
    """A file beside it with almost this name, or one with this very name in a folder below."""
    folder = path.parent
    names = [file.name for file in folder.glob("*.py")]
    wanted = path.name if path.suffix == ".py" else f"{path.name}.py"
    found = [str(folder / name) for name in get_close_matches(wanted, names, n=1)]
    found = found or [str(file) for file in sorted(folder.glob(f"*/{wanted}"))]
    return f"\nDid you mean {found[0]}?" if found else ""


def module_file(module: str, directory: Path) -> bool:
    place = directory.joinpath(*module.split("."))
    return place.with_suffix(".py").is_file() or place.is_dir()


def default_target() -> Target:
    for name in DEFAULT_FILES:
        if Path(name).is_file():
            return file_target(Path(name))
    raise DiscoveryError(
        f"There is no application here: none of {', '.join(DEFAULT_FILES)} exists.\n"
        "Name the file (zonda run shop/main.py) or the object (zonda run shop.main:app), "
        "or write it in pyproject.toml:\n\n"
        '    [tool.zonda]\n    entrypoint = "shop.main:app"'
    )


def file_target(path: Path) -> Target:
    """The module that a file is: folders with an `__init__.py` belong to its name, the one above goes on the path."""
    path = path.resolve()
    if path.is_dir():
        if not (path / "__init__.py").is_file():
            raise DiscoveryError(f"{path} is a folder without __init__.py. Name a file in it.")
        path /= "__init__.py"
    parts = [] if path.stem == "__init__" else [path.stem]
    folder = path.parent
    while (folder / "__init__.py").is_file():
        parts.insert(0, folder.name)
        folder = folder.parent
    return Target(".".join(parts), directory=str(folder))


def configured(project: Path) -> str | None:
    if not project.is_file():
        return None
    try:
        tools: dict[str, Any] = tomllib.loads(project.read_text()).get("tool", {})
    except tomllib.TOMLDecodeError as error:
        raise DiscoveryError(f"{project} is not valid TOML: {error}") from error
    for table in CONFIGURED_BY:
        entrypoint = tools.get(table, {}).get("entrypoint")
        if entrypoint is None:
            continue
        if not isinstance(entrypoint, str) or ":" not in entrypoint:
            raise DiscoveryError(f'{project}: [tool.{table}] entrypoint is to be "module:app", not {entrypoint!r}.')
        return entrypoint
    return None
