"""This module holds what the writers of one function share: its source, and what its page calls things."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from zonda.analysis.fields import ModelField
from zonda.analysis.kinds import Injection
from zonda.analysis.plan import FIRST, CallPlan, DependencyPlan, EndpointPlace
from zonda.analysis.secrets import Secrets
from zonda.compiler.source import Source
from zonda.concurrency import run_in_threadpool
from zonda.concurrency.limits import ThreadSettings
from zonda.concurrency.threadpool import threadpool_for
from zonda.exceptions import EndpointContext
from zonda.runtime.app_scope import AppScope
from zonda.runtime.errors import told_once
from zonda.runtime.extraction import first_headers, parse_query, query_pairs

RunInThread = Callable[..., Awaitable[Any]]
Arguments = dict[str, str]
"""Expressions by the name of the argument that they are for."""

WIDTH = 112
_TEMPLATE_NAME = re.compile(r"{(\w+)(?::(\w+))?}")


@dataclass(frozen=True, slots=True)
class Threads:
    """What runs a `def` in a worker thread: endpoints may be counted apart from dependencies."""

    endpoint: RunInThread = run_in_threadpool
    dependency: RunInThread = run_in_threadpool


def threads_of(operation: str, settings: ThreadSettings | None) -> Threads:
    """Threads that name the operation when its calls wait long for one."""
    limit = settings and settings.dependencies
    endpoint = threadpool_for(operation)
    return Threads(endpoint, threadpool_for(operation, limit) if limit else endpoint)


@dataclass
class Page:
    """A page in the making."""

    source: Source
    connection: str
    """What the page calls its argument: `exchange` or `connection`."""
    path: str
    endpoint: CallPlan
    dependencies: tuple[DependencyPlan, ...]
    place: EndpointPlace
    dependency_locals: dict[int, str] = field(default_factory=dict)
    """What the page calls the value of each dependency, by its index."""
    step_arguments: dict[int, Arguments] = field(default_factory=dict)
    """What each step's function is called with, by its index."""
    repeated: dict[int, str] = field(default_factory=dict)
    """What the page calls the errors of a dependency that is reused."""
    stacks: dict[str, str] = field(default_factory=dict)
    """What the page calls the exit stack of each scope whose block is open."""
    threads: Threads = field(default_factory=Threads)
    app_scope: AppScope = field(default_factory=AppScope)
    """Where the values are that the application has one of."""
    has_request: bool = True
    """False: nothing comes from anywhere, and parameters have their defaults."""
    secrets: Secrets | None = None
    body_is_form: bool = False
    embeds_body: bool = False
    """What declared a body that is not there takes keys of it."""
    body: str = ""
    body_keys: str = ""
    """What the page calls the parsed body, and the object whose keys are parameters."""
    _read: dict[str, str] = field(default_factory=dict)
    _place: str | None = None

    def __post_init__(self) -> None:
        for call in self.calls():
            self.function(call)  # the user's functions have the first choice of names

    def function(self, call: CallPlan) -> str:
        """What the page calls a function of the user."""
        return self.source.bind(call.name, call.call)

    @property
    def context(self) -> EndpointContext:
        """What validation errors say about the endpoint."""
        place = self.place
        return EndpointContext(file=place.file, line=place.line, function=place.function, path=place.path)

    def shown_errors(self) -> str:
        """The errors as they may be told."""
        told = "errors"
        if not all(item.is_told for item in self.dependencies):
            told = f"{self.source.use(told_once)}(errors)"
        return told if self.secrets is None else f"{self.source.bind('hide_secrets', self.secrets.hide)}({told})"

    def once(self, hint: str, expression: str, comment: str = "") -> str:
        """A local that holds `expression`, assigned where the page first needs it."""
        if hint not in self._read:
            if comment:
                self.source.comment(comment)
            name = self._read[hint] = self.source.name(hint)
            self.source.line(f"{name} = {expression}")
        return self._read[hint]

    def query(self) -> str:
        if any(
            item.source == "query" and (item.is_sequence or item.model)
            for call in self.calls()
            for item in call.parameters
        ):
            return self.once("query_values", f"dict({self.query_pairs()})")
        return self.once("query_values", f"{self.source.use(parse_query)}({self.connection}.query_string)")

    def query_pairs(self) -> str:
        return self.once("pairs", f"{self.source.use(query_pairs)}({self.connection}.query_string)")

    def headers(self) -> str:
        return self.once("headers", f"{self.source.use(first_headers)}({self.connection}.headers)")

    def reads_one_header(self) -> bool:
        """A single parameter is one header's value, under one name."""
        found = [item for call in self.calls() for item in call.parameters if item.source == "header"]
        singles = [item for item in found if item.model is None and not item.is_sequence]
        return len(singles) == 1 and len(singles[0].request_names) == 1

    def cookies(self) -> str:
        return self.once("cookies", f"{self.connection}.cookies")

    def path_values(self) -> str:
        return f"{self.connection}.path_params"

    def path_convertors(self) -> dict[str, str]:
        """The names in the path, with what converts the text of each."""
        return {name: convertor or "str" for name, convertor in _TEMPLATE_NAME.findall(self.path)}

    def endpoint_context(self) -> str:
        """The name under which the page has `context`."""
        if self._place is None:
            self._place = self.source.bind("place", self.context)
        return self._place

    def calls(self) -> tuple[CallPlan, ...]:
        return (*(dependency.call for dependency in self.dependencies), self.endpoint)

    def injects(self, injection: Injection) -> bool:
        return any(item.injection is injection for call in self.calls() for item in call.injections)

    def has_early_steps(self) -> bool:
        return any(item.step is not None and item.step.place is FIRST for item in self.dependencies)

    def origin(self, index: int) -> int:
        """The dependency whose value is taken at this place."""
        reuses = self.dependencies[index].reuses
        return index if reuses is None else self.origin(reuses)

    def value_name(self, index: int) -> str:
        """A new local for a dependency's value, named as its first user names it; empty if it has none."""
        for call in self.calls():
            for argument, supplier in call.arguments:
                if self.origin(supplier) == index:
                    return self.source.name(argument, f"{self.dependencies[index].call.name}_value")
        return ""

    def stack(self, scope: str) -> str:
        """What closes dependencies of this scope."""
        if scope in self.stacks:
            return self.stacks[scope]
        return self.once(f"{scope}_stack", f"{self.connection}.{scope}_stack()")

    @contextmanager
    def scope(self, scope: str, when: str) -> Iterator[None]:
        """Write a block that closes the dependencies of `scope` when it is left."""
        self.source.comment(f"{scope.capitalize()} scope: its dependencies are closed when this block is left, {when}.")
        self.stacks[scope] = self.source.name(f"{scope}_stack")
        with self.source.block(f"async with {self.connection}.{scope}_stack() as {self.stacks[scope]}"):
            yield

    def call(self, opening: str, arguments: Arguments) -> None:
        """Write a call whose arguments follow `opening`: in one line, or in one line for each argument."""
        closing = ")" * (opening.count("(") - opening.count(")"))
        items = [f"{name}={value}" for name, value in arguments.items()]
        if opening.endswith(", ") and not items:
            opening = opening.removesuffix(", ")
        line = opening + ", ".join(items) + closing
        if len(line) <= WIDTH:
            self.source.line(line)
            return
        self.source.line(opening.rstrip())
        for item in items:
            self.source.line(f"    {item},")
        self.source.line(closing)


def literal(value: Any) -> str | None:
    """The literal that gives exactly `value`, if it is short and plain."""
    if value is None or (type(value) in (bool, int, str) and len(repr(value)) < WIDTH // 2):
        return repr(value)
    return None


def validates_default(field: ModelField) -> bool:
    """The default is not yet what the parameter is declared to be."""
    return bool(field.field_info.validate_default) and not field.required
