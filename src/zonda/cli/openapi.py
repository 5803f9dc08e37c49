"""This module holds the command `zonda openapi`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from zonda.cli.arguments import AliasOption, AppOption, FactoryOption, TargetArgument, load, target_of
from zonda.cli.output import errors, fail


def openapi(
    target: TargetArgument = None,
    *,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The file to write; standard output without it, or for `-`.")
    ] = None,
    form: Annotated[
        Literal["json", "yaml"] | None,
        typer.Option("--format", "-f", help="Without it, what the file's name says, or JSON.", show_default=False),
    ] = None,
    indent: Annotated[int, typer.Option(help="Spaces for each level.")] = 2,
    app: AppOption = None,
    alias: AliasOption = True,
    factory: FactoryOption = False,
) -> None:
    """Write the OpenAPI document of an application."""
    found = load(found_target := target_of(target, app, alias=alias, factory=factory))
    if not hasattr(found, "openapi"):
        fail(f"{found_target} is a {type(found).__module__}.{type(found).__qualname__}, which has no OpenAPI document.")
    document = found.openapi()
    suffix = output.suffix.lower() if output else ""
    text = as_yaml(document, indent) if (form or suffix.strip(".")) in {"yaml", "yml"} else as_json(document, indent)
    if output is None or str(output) == "-":
        typer.echo(text, nl=False)
        return
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        fail(f"Cannot write {output}: {error.strerror}")
    errors.print(f"Wrote {output}", markup=False)


def as_json(document: dict[str, Any], indent: int) -> str:
    return json.dumps(document, indent=indent, ensure_ascii=False) + "\n"


def as_yaml(document: dict[str, Any], indent: int) -> str:
    try:
        import yaml
    except ImportError:
        fail("YAML needs PyYAML: pip install 'zonda[standard]'")
    # Through JSON first: what is equal is not to become a YAML reference, and tuples are lists.
    plain = json.loads(json.dumps(document))
    text: str = yaml.safe_dump(plain, indent=indent, sort_keys=False, allow_unicode=True)
    return text
