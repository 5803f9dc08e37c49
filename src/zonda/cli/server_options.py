"""This module gives our commands Uvicorn's options: its names, types and help texts, read from its own command."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal

import typer
import uvicorn
from uvicorn.config import LOGGING_CONFIG

from zonda.transport.limits import Limits

LEFT_OUT = {
    "app": "it is TARGET",
    "version": "it is `zonda --version`",
    "http2": "it needs Uvicorn's own protocol class",
}

HELP = {
    "http": "HTTP protocol class. `auto` is Zonda's own.",
    "timeout_graceful_shutdown": "Seconds that requests may take to end at shutdown before they are cancelled.",
}

LIMITS = Limits()

OWN = (
    ("limit_line_size", int, LIMITS.line_size, "Bytes of a request's first line; 414 beyond."),
    ("limit_head_size", int, LIMITS.head_size, "Bytes of first line, header and trailer fields together; 431 beyond."),
    ("limit_head_fields", int, LIMITS.head_fields, "Header and trailer fields of a request; 431 beyond."),
    ("limit_chunk_extensions", int, LIMITS.chunk_extensions, "Bytes of a request's chunk extensions; 431 beyond."),
    (
        "limit_parsed_body",
        int,
        LIMITS.parsed_body,
        "Bytes of a JSON or urlencoded body where the application sets no limit; 413 beyond. 0 is no limit.",
    ),
    (
        "limit_body_rate",
        float,
        LIMITS.body_rate,
        "Bytes a second at which a body has to come; 408 below. 0 is no limit.",
    ),
    (
        "timeout_head",
        float,
        LIMITS.head_timeout,
        "Seconds in which a request's head has to come; 408 beyond. 0 is no limit.",
    ),
    ("timeout_body_grace", float, LIMITS.body_grace, "Seconds that a body may be behind its rate."),
    (
        "timeout_send",
        float,
        LIMITS.send_timeout,
        "Seconds in which a client has to read something of a response; cut off beyond. 0 is no limit.",
    ),
)
"""The options of our protocol that Uvicorn does not have: name, type, default, help."""

SIMPLE_TYPES: Mapping[str, type] = {"integer": int, "float": float, "boolean": bool}


def with_server_options(**defaults: Any) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Replace a command's `**options` by Uvicorn's options, some with defaults of our own, and our protocol's."""

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        signature = inspect.signature(command, eval_str=True)
        own = [item for item in signature.parameters.values() if item.kind is not inspect.Parameter.VAR_KEYWORD]
        names = {item.name for item in own}
        theirs = [
            parameter(option, defaults)
            for option in uvicorn.main.params
            if option.name not in LEFT_OUT and option.name not in names
        ]
        ours = [own_parameter(*option) for option in OWN]
        command.__signature__ = signature.replace(parameters=[*own, *theirs, *ours])  # type: ignore[attr-defined]
        return command

    return decorate


def parameter(option: Any, defaults: Mapping[str, Any]) -> inspect.Parameter:
    name = option.name
    default = defaults.get(name, [] if option.multiple else option.default)
    spelling = "/".join([*option.opts, *option.secondary_opts])
    if option.type.name == "boolean" and default and not option.secondary_opts:
        spelling = f"{spelling}/--no-{spelling.removeprefix('--')}"
    variables = ["PORT", "UVICORN_PORT"] if name == "port" else [f"UVICORN_{name.upper()}"]
    described = typer.Option(
        spelling,
        help=HELP.get(name, option.help),
        envvar=variables,
        show_envvar=False,
        show_default=bool(default),
        rich_help_panel=panel(name),
    )
    return inspect.Parameter(
        name,
        inspect.Parameter.KEYWORD_ONLY,
        default=default,
        annotation=Annotated[value_type(option, default), described],
    )


def own_parameter(name: str, kind: Any, default: Any, text: str) -> inspect.Parameter:
    described = typer.Option(f"--{name.replace('_', '-')}", help=text, rich_help_panel=panel(name))
    annotation = Annotated[kind, described]
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)


def value_type(option: Any, default: Any) -> Any:
    choices = getattr(option.type, "choices", None)
    found: Any = Literal[tuple(choices)] if choices else SIMPLE_TYPES.get(option.type.name, str)
    if option.multiple:
        return list[found]
    return found if default is not None else found | None


def panel(name: str) -> str:
    first = name.partition("_")[0]
    panels = {"ssl": "TLS", "ws": "WebSockets", "reload": "Reload", "limit": "Limits", "timeout": "Limits"}
    return panels.get(first, "Server")


def for_uvicorn(options: dict[str, Any]) -> dict[str, Any]:
    """The values in the form that `uvicorn.Config` takes: empty lists are absent, headers are pairs."""
    values = {name: value for name, value in options.items() if value != []}
    if "headers" in values:
        values["headers"] = [header(text) for text in values["headers"]]
    if values.get("log_config") is None:
        values["log_config"] = LOGGING_CONFIG
    return values


def header(text: str) -> tuple[str, str]:
    name, colon, value = text.partition(":")
    if not colon:
        raise ValueError(f"--header is to be 'Name: value', not {text!r}.")
    return name.strip(), value.strip()
