"""This module holds the commands that serve: `zonda dev` and `zonda run`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any

import typer

from zonda.cli.arguments import AliasOption, AppOption, EntrypointOption, TargetArgument, target_of
from zonda.cli.output import errors, fail
from zonda.cli.server_options import for_uvicorn, with_server_options
from zonda.server.config import GRACEFUL_SECONDS
from zonda.server.start import serve
from zonda.server.tracebacks import friendly_log_config

# Nobody wants to wait for an open event stream each time a file is saved.
GRACEFUL_SECONDS_IN_DEVELOPMENT = 2


@with_server_options(reload=True, timeout_graceful_shutdown=GRACEFUL_SECONDS_IN_DEVELOPMENT)
def dev(
    target: TargetArgument = None,
    *,
    app: AppOption = None,
    entrypoint: EntrypointOption = None,
    alias: AliasOption = True,
    full_tracebacks: Annotated[
        bool, typer.Option("--full-tracebacks", help="Show the frames of libraries, too.")
    ] = False,
    **options: Any,
) -> None:
    """Serve for development: on 127.0.0.1, anew at each change of a file, with tracebacks of your own code."""
    os.environ.setdefault("FASTAPI_ENV", "development")
    if options["log_config"] is None and not full_tracebacks:
        options["log_config"] = friendly_log_config()
    start(target, app, entrypoint, alias=alias, options=options)


@with_server_options(host="0.0.0.0", timeout_graceful_shutdown=GRACEFUL_SECONDS)
def run(
    target: TargetArgument = None,
    *,
    app: AppOption = None,
    entrypoint: EntrypointOption = None,
    alias: AliasOption = True,
    **options: Any,
) -> None:
    """Serve for production: on all addresses, with as many workers as --workers says. The options are Uvicorn's."""
    start(target, app, entrypoint, alias=alias, options=options)


def start(text: str | None, app: str | None, entrypoint: str | None, *, alias: bool, options: dict[str, Any]) -> None:
    directory, factory = options.pop("app_dir"), options.pop("factory")
    target = target_of(text, app, entrypoint, alias=alias, factory=factory, directory=directory)
    if options["reload"] and (options["workers"] or 1) > 1:
        fail("--reload and --workers exclude each other: the reloader runs one process.")
    where = Path(target.directory or ".").resolve()
    if options["reload"] and not options["reload_dirs"]:
        options["reload_dirs"] = [str(Path.cwd()), str(where)]  # Uvicorn drops one inside the other
    errors.print(f"Serving [bold]{target}[/bold] from {where}", soft_wrap=True)
    try:
        serve(target, **for_uvicorn(options))
    except ValueError as error:
        # What Uvicorn says about an option's value.
        fail(str(error))
