"""This module lists the commands."""

from __future__ import annotations

from typing import Annotated

import typer

from zonda import __version__
from zonda.cli.looking import explain, routes
from zonda.cli.openapi import openapi
from zonda.cli.serving import dev, run

application = typer.Typer(
    name="zonda",
    help="Serve and look into applications written for FastAPI's interface.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"zonda {__version__}")
        raise typer.Exit


@application.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=print_version, is_eager=True, help="Print the version and end.")
    ] = False,
) -> None:
    pass


application.command()(dev)
application.command()(run)
application.command()(routes)
application.command()(explain)
application.command()(openapi)
