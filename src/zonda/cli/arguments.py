"""This module holds the arguments that every command about an application takes."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

import typer

from zonda.applications import Zonda
from zonda.cli.discovery import DiscoveryError, find_target
from zonda.cli.output import errors, fail
from zonda.server.target import Target, TargetError
from zonda.server.tracebacks import friendly

TargetArgument = Annotated[
    str | None,
    typer.Argument(
        help="A file, a package folder or module:app. Without it: \\[tool.zonda] or \\[tool.fastapi] in "
        "pyproject.toml, then main.py, app.py, api.py, here and in app/.",
        show_default=False,
    ),
]
AppOption = Annotated[
    str | None, typer.Option("--app", help="The application's name in the file; found without it.", show_default=False)
]
EntrypointOption = Annotated[
    str | None,
    typer.Option("--entrypoint", "-e", help="The application as module:app; the same as TARGET.", show_default=False),
]
AliasOption = Annotated[
    bool, typer.Option("--alias/--no-alias", help="`import fastapi` means Zonda in the application.")
]
FactoryOption = Annotated[bool, typer.Option("--factory", help="The application is what a function returns.")]


def target_of(
    text: str | None,
    app: str | None,
    entrypoint: str | None = None,
    *,
    alias: bool = True,
    factory: bool = False,
    directory: str = "",
) -> Target:
    if text is not None and entrypoint is not None:
        fail("Give TARGET or --entrypoint, not both.")
    try:
        found = find_target(entrypoint if text is None else text, name=app, directory=directory)
    except DiscoveryError as error:
        fail(str(error))
    return replace(found, alias=alias, is_factory=factory)


def load(target: Target) -> Any:
    """The application itself, for commands that look at it; a failure is shown at the user's line."""
    try:
        return target.load()
    except TargetError as error:
        fail(str(error))
    except Exception as error:  # noqa: BLE001  (a user's module may raise anything)
        errors.print(friendly(error), markup=False, soft_wrap=True)
        fail(f"Could not load {target}.")


def load_zonda(target: Target) -> Zonda:
    """An application that can be looked into, which others cannot."""
    found = load(target)
    if not isinstance(found, Zonda):
        fail(why_foreign(target, type(found)))
    return found


def why_foreign(target: Target, cls: type) -> str:
    if not target.alias and cls.__module__.partition(".")[0] == "fastapi":
        return (
            f"{target} is FastAPI's own application, because --no-alias leaves `import fastapi` as it is. "
            "Leave --no-alias out: then it is Zonda's, which this command looks into."
        )
    return f"{target} is a {cls.__module__}.{cls.__qualname__}, not an application of Zonda: nothing is compiled in it."
