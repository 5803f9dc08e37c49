"""This module holds the commands that look into an application: `zonda routes` and `zonda explain`."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text

from zonda.cli.arguments import AliasOption, AppOption, FactoryOption, TargetArgument, load_zonda, target_of
from zonda.cli.around_view import around_lines
from zonda.cli.output import console, errors, fail
from zonda.cli.plan_view import plan_tree
from zonda.inspection import InspectedRoute, NoRouteError, findings, inspect_routes
from zonda.inspection import explain as explain_request

WHO_ANSWERS = {
    True: "Nothing is generated for it: a function of Zonda's answers, as for every page of the documentation.",
    False: "It is not compiled: an ASGI application answers.",
}


def routes(
    target: TargetArgument = None,
    *,
    pages: Annotated[bool, typer.Option("--pages", help="List the documentation's pages and files, too.")] = False,
    app: AppOption = None,
    alias: AliasOption = True,
    factory: FactoryOption = False,
) -> None:
    """List the routes in the order in which requests try them, and which take the native path."""
    application = load_zonda(target_of(target, app, alias=alias, factory=factory))
    found = inspect_routes(application)
    shown = [route for route in found if pages or route.kind != "page"]
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in ("methods", "path", "endpoint", "native path"):
        table.add_column(title, overflow="fold")
    for route in shown:
        table.add_row(*map(Text, (methods(route), route.path, route.endpoint, native(route))))
    console.print(table)
    console.print(f"\n{sum(route.is_native for route in shown)} of {len(shown)} routes take the native path.")
    for finding in findings(application):
        errors.print(f"\n{finding}", markup=False, soft_wrap=True)


def explain(
    method: Annotated[str, typer.Argument(help="GET, POST, ..., or WEBSOCKET.", show_default=False)],
    path: Annotated[str, typer.Argument(help="The path of a request: /items/5", show_default=False)],
    target: TargetArgument = None,
    *,
    app: AppOption = None,
    alias: AliasOption = True,
    factory: FactoryOption = False,
) -> None:
    """Show how a request is answered: the route, its plan with the dependency tree, the generated function."""
    try:
        found = explain_request(load_zonda(target_of(target, app, alias=alias, factory=factory)), method, path)
    except NoRouteError as error:
        fail(str(error))
    console.print(f"{methods(found.route)} {found.route.path}   {found.route.endpoint}", style="bold", markup=False)
    console.print(f"native path: {native(found.route)}\n", markup=False, soft_wrap=True)
    for line in around_lines(found.route):
        console.print(line, markup=False, soft_wrap=True)
    if found.plan is None or found.source is None:
        console.print(WHO_ANSWERS[found.route.is_native])
        return
    console.print(plan_tree(found.plan))
    console.print()
    if console.is_terminal:
        console.print(Syntax(found.source, "python", line_numbers=True, background_color="default"))
    else:
        typer.echo(found.source)


def methods(route: InspectedRoute) -> str:
    return " ".join(route.methods) or route.kind.upper()


def native(route: InspectedRoute) -> str:
    return "yes" if route.is_native else f"no: {route.why_not_native}"
