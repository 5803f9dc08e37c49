"""This module holds what a generated program is made of, as plain values that can be cut down one by one.

Parts refer to each other by name. A name that was cut away is left out of the source (or becomes `dict`), so
that every smaller variant is a program, too.
"""

from __future__ import annotations

from dataclasses import dataclass

Options = tuple[tuple[str, str], ...]
"""Keyword → Python expression, both as text."""


@dataclass(frozen=True)
class Type:
    base: str
    """A key of `tables.SCALARS`, or list, set, tuple, dict, optional, union, model, any, file, files."""
    args: tuple[Type, ...] = ()
    model: str = ""


@dataclass(frozen=True)
class Parameter:
    name: str
    source: str
    """path, query, header, cookie, form, file, body, depends or special"""
    type: Type
    options: Options = ()
    default: str | None = None
    style: str = "annotated"
    """annotated: Annotated[T, Query()] = 1; assigned: T = Query(1); bare: T = 1"""
    dependency: str = ""
    is_untyped: bool = False


@dataclass(frozen=True)
class Field:
    name: str
    type: Type
    options: Options = ()
    default: str | None = None


@dataclass(frozen=True)
class Model:
    name: str
    form: str
    """BaseModel, dataclass, TypedDict"""
    fields: tuple[Field, ...]
    base: str = ""
    config: Options = ()
    members: tuple[str, ...] = ()
    """Validators and computed fields, as blocks of text."""


@dataclass(frozen=True)
class Dependency:
    name: str
    form: str
    """def, async def, generator, async generator, class, instance, partial, scheme"""
    parameters: tuple[Parameter, ...] = ()
    statements: tuple[str, ...] = ()
    before: str = ""
    """A statement that raises in front of the value."""
    after: str = ""
    """A statement that raises once the value was used."""
    on_error: str = ""
    """What a generator does with an error: raise, swallow, or a statement."""
    expression: str = ""
    """For schemes: how the object is made."""


@dataclass(frozen=True)
class Route:
    name: str
    methods: tuple[str, ...]
    path: str
    router: str = ""
    is_async: bool = True
    is_keyword_only: bool = False
    parameters: tuple[Parameter, ...] = ()
    options: Options = ()
    dependencies: tuple[str, ...] = ()
    returns: str | None = None
    statements: tuple[str, ...] = ()
    ending: tuple[str, ...] = ("echo",)
    """The last lines of the endpoint; `echo` returns what the parameters received."""


@dataclass(frozen=True)
class Router:
    name: str
    parent: str = ""
    prefix: str = ""
    include_prefix: str = ""
    options: Options = ()
    include_options: Options = ()
    dependencies: tuple[str, ...] = ()
    include_dependencies: tuple[str, ...] = ()
    is_included_first: bool = False
    """Whether its routes are added after it was included."""


@dataclass(frozen=True)
class WebSocketRoute:
    name: str
    path: str
    router: str = ""
    parameters: tuple[Parameter, ...] = ()
    dependencies: tuple[str, ...] = ()
    statements: tuple[str, ...] = ()


@dataclass(frozen=True)
class Block:
    """Handlers, middleware, mounts: a paragraph of source that stands on its own."""

    text: str


@dataclass(frozen=True)
class Program:
    models: tuple[Model, ...] = ()
    dependencies: tuple[Dependency, ...] = ()
    options: Options = ()
    application_dependencies: tuple[str, ...] = ()
    routers: tuple[Router, ...] = ()
    blocks: tuple[Block, ...] = ()
    routes: tuple[Route, ...] = ()
    websockets: tuple[WebSocketRoute, ...] = ()
    tail: tuple[Block, ...] = ()

    def model(self, name: str) -> Model | None:
        return next((model for model in self.models if model.name == name), None)

    def dependency(self, name: str) -> Dependency | None:
        return next((dependency for dependency in self.dependencies if dependency.name == name), None)

    def router(self, name: str) -> Router | None:
        return next((router for router in self.routers if router.name == name), None)


@dataclass(frozen=True)
class Question:
    """One request, or one websocket conversation. Bytes are text in latin-1."""

    kind: str
    """http or websocket"""
    method: str
    target: str
    """Path and query as they stand on the wire."""
    headers: tuple[tuple[str, str], ...] = ()
    chunks: tuple[str, ...] = ()
    """The body in the pieces in which it arrives; for a websocket, the frames."""
