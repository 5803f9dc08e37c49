"""This module finds what FastAPI accepts and what is a mistake all the same, so that it can be said at start.

Nothing here changes an answer: findings are logged when a server starts for development.
"""

from __future__ import annotations

import inspect
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from zonda import params
from zonda.analysis.dependant import Dependant
from zonda.analysis.mistakes import Place
from zonda.analysis.models import request_names
from zonda.analysis.parameters import INJECTIONS, injected_as
from zonda.analysis.signatures import get_typed_signature
from zonda.analysis.tree import walk
from zonda.utils import get_path_param_names


@dataclass(frozen=True, slots=True)
class Finding:
    """What is odd, where, and what to write instead."""

    what: str
    operation: str
    place: Place
    instead: str

    def __str__(self) -> str:
        return f"{self.what}\nWhere: {self.operation}, {self.place}\nInstead: {self.instead}"


def findings_of(route: Any) -> list[Finding]:
    """What is odd about a route, or about any object with an APIRoute's or APIWebSocketRoute's attributes."""
    methods = getattr(route, "methods", None)
    template = getattr(route, "path_format", route.path)
    operation = f"{','.join(sorted(methods)) if methods else 'WS'} {template}"
    tree = [item for item in walk(route.dependant) if item.call is not None]
    found = list(_unread_path_parameters(template, operation, tree))
    if not template.startswith("/"):
        found.append(_unreachable(template, operation, tree))
    for item in tree:
        found += _odd_parameters(operation, item)
    return found


def _unread_path_parameters(template: str, operation: str, tree: list[Dependant]) -> Iterator[Finding]:
    """Names in the template that no signature has; whoever takes the request may read them from there."""
    if any(item.request_param_name or item.websocket_param_name or item.http_connection_param_name for item in tree):
        return
    read = {name for item in tree for field in item.path_params for _, name in request_names(field)}
    for name in sorted(get_path_param_names(template) - read):
        yield Finding(
            what=f"The path has `{{{name}}}`, and nothing reads it",
            operation=operation,
            place=Place.of(tree[0].call),  # type: ignore[arg-type]  # the tree has only dependants with a call
            instead=f"add a parameter `{name}`, or rename the one that was meant; if none is needed, take the request.",
        )


def _unreachable(template: str, operation: str, tree: list[Dependant]) -> Finding:
    return Finding(
        what=f"The path {template!r} does not begin with `/`, and every request's does",
        operation=operation,
        place=Place.of(tree[0].call),  # type: ignore[arg-type]  # the tree has only dependants with a call
        instead=f'"/{template}"',
    )


def _odd_parameters(operation: str, dependant: Dependant) -> Iterator[Finding]:
    call: Any = dependant.call
    parameters = get_typed_signature(call).parameters.values()
    received = Counter(filter(None, (injected_as(parameter.annotation) for parameter in parameters)))
    for attribute, count in received.items():
        if count > 1:
            kind = INJECTIONS[attribute].value
            last = getattr(dependant, attribute)
            yield Finding(
                what=f"{count} parameters take the {kind}, and only the last, `{last}`, receives it",
                operation=operation,
                place=Place.of(call),
                instead=f"keep one parameter for the {kind}.",
            )
    for parameter in parameters:
        sources = _sources(parameter.annotation)
        if len(sources) > 1:
            yield Finding(
                what=f"`{parameter.name}` is declared as {' and '.join(sources)}, and only the last counts",
                operation=operation,
                place=Place.of(call),
                instead="keep the one that is meant; a value that may come from either takes two parameters.",
            )
        if parameter.kind in {inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD}:
            stars = "*" if parameter.kind is inspect.Parameter.VAR_POSITIONAL else "**"
            yield Finding(
                what=f"`{stars}{parameter.name}` is read as a query parameter with the name `{parameter.name}`",
                operation=operation,
                place=Place.of(call),
                instead="decorate with `functools.wraps`, so that the signature is the wrapped one's, or name each.",
            )


def _sources(annotation: Any) -> list[str]:
    """The declarations in `Annotated` that say where a value comes from."""
    metadata = getattr(annotation, "__metadata__", ())
    return [type(item).__name__ for item in metadata if isinstance(item, (params.Declaration, params.Depends))]
