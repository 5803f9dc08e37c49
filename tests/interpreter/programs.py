"""This module draws random programs: an endpoint with parameters, dependencies, a body, and what goes wrong."""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from typing import Annotated, Any

from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict
from starlette.background import BackgroundTask
from starlette.responses import PlainTextResponse, Response

from zonda.background import BackgroundTasks
from zonda.exceptions import HTTPException
from zonda.param_functions import Body, Cookie, Depends, Form, Header, Query

Journal = list[str]


class Item(BaseModel):
    size: int
    name: str = "item"


class Filters(BaseModel):
    model_config = ConfigDict(extra="forbid")
    limit: int
    tags: list[int] = []


class Page(BaseModel):
    number: int = 1


ANNOTATIONS: dict[str, Any] = {
    "a required number": Annotated[int, Query(alias="n")],
    "a list": Annotated[list[int], Query(alias="many")],
    "a header": Annotated[int | None, Header()],
    "a cookie": Annotated[str, Cookie(min_length=2)],
    "a model of the query": Annotated[Filters, Query()],
    "an optional model of headers": Annotated[Page | None, Header()],
}

DEFAULTS = {"a header": None, "an optional model of headers": None}

BODIES: dict[str, dict[str, Any]] = {
    "none": {},
    "one model": {"item": Item},
    "an optional model": {"item": Annotated[Item | None, Body()]},
    "two keys": {"item": Item, "count": Annotated[int, Body()]},
    "a form": {"name": Annotated[str, Form()], "ages": Annotated[list[int], Form()]},
    "a form model": {"item": Annotated[Item, Form()]},
}

ENDS = ("value", "response", "error", "http error", "wrong value")


@dataclass(frozen=True)
class DependencyPart:
    """One dependency: how it runs, what it needs, where it fails."""

    name: str
    kind: str
    scope: str | None
    fails: str
    parameters: tuple[str, ...]
    needs: tuple[DependencyPart, ...] = ()


@dataclass(frozen=True)
class Program:
    """One endpoint with all that it needs."""

    is_async: bool
    parameters: tuple[str, ...]
    body: str
    dependencies: tuple[DependencyPart, ...]
    end: str
    has_model: bool
    adds_task: bool
    sets_status: bool
    journal: Journal = field(default_factory=list, compare=False)


@st.composite
def dependency_parts(draw: st.DrawFn, depth: int = 1, name: str = "d", in_app: bool = False) -> DependencyPart:
    in_app = in_app or draw(st.integers(0, 5)) == 0
    kind = draw(st.sampled_from(("function", "coroutine", "generator", "async generator")))
    needs = ()
    if depth:
        count = draw(st.integers(0, 2))
        needs = tuple(
            draw(dependency_parts(depth=depth - 1, name=f"{name}{index}", in_app=in_app)) for index in range(count)
        )
    is_generator = "generator" in kind
    scope = draw(st.sampled_from((None, "function", "request"))) if is_generator else None
    if is_generator and scope != "function" and any(part.scope == "function" for part in needs):
        scope = "function"
    if in_app:
        scope = "app"
    ends = ("never", "before", "after", "swallows", "replaces") if is_generator else ("never", "before", "refuses")
    fails = draw(st.sampled_from(("never", *ends)))
    parameters = tuple(draw(st.lists(st.sampled_from(sorted(ANNOTATIONS)), max_size=0 if in_app else 1)))
    return DependencyPart(name, kind, scope, fails, parameters, needs)


@st.composite
def programs(draw: st.DrawFn) -> Program:
    count = draw(st.integers(0, 2))
    return Program(
        is_async=draw(st.booleans()),
        parameters=tuple(draw(st.lists(st.sampled_from(sorted(ANNOTATIONS)), max_size=2, unique=True))),
        body=draw(st.sampled_from(sorted(BODIES))),
        dependencies=tuple(draw(dependency_parts(name=f"d{index}")) for index in range(count)),
        end=draw(st.sampled_from(ENDS)),
        has_model=draw(st.booleans()),
        adds_task=draw(st.booleans()),
        sets_status=draw(st.booleans()),
    )


valid_programs = st.builds(
    Program,
    is_async=st.booleans(),
    parameters=st.just(()),
    body=st.just("none"),
    dependencies=st.just(()),
    end=st.sampled_from(ENDS),
    has_model=st.booleans(),
    adds_task=st.booleans(),
    sets_status=st.booleans(),
)
"""Programs whose endpoint is reached by every request."""

requests = st.fixed_dictionaries(
    {
        "params": st.lists(
            st.tuples(st.sampled_from(("n", "many", "limit", "tags", "other")), st.sampled_from(("1", "x", ""))),
            max_size=4,
        ),
        "headers": st.dictionaries(
            st.sampled_from(("a-header", "number", "content-type", "cookie")),
            st.sampled_from(("1", "x", "application/json", "a_cookie=long", "application/x-www-form-urlencoded")),
            max_size=3,
        ),
        "content": st.sampled_from(
            (
                b"",
                b"{",
                b"null",
                b'{"size": 1}',
                b'{"item": {"size": "x"}, "count": 2}',
                b"name=a&ages=1&size=3",
                b"[1]",
            )
        ),
    }
)

valid_requests = st.just({"params": [("n", "1")], "headers": {}, "content": b""})


def endpoint_of(program: Program) -> Callable[..., Any]:
    """The endpoint as a function with the signature that the program asks for."""
    journal = program.journal

    def run(values: dict[str, Any]) -> Any:
        journal.append(f"endpoint {sorted((key, str(value)) for key, value in values.items() if key not in INJECTED)}")
        if program.adds_task:
            values["tasks"].add_task(journal.append, "task")
        if program.sets_status:
            values["response"].status_code = 202
            values["response"].headers["x-set"] = "1"
        if program.end == "error":
            raise ValueError("endpoint")
        if program.end == "http error":
            raise HTTPException(418, "teapot")
        if program.end == "response":
            return PlainTextResponse("text", 201, background=BackgroundTask(journal.append, "own task"))
        return {"size": "wrong"} if program.end == "wrong value" else {"size": 1, "extra": [None]}

    async def coroutine(**values: Any) -> Any:
        return run(values)

    def function(**values: Any) -> Any:
        return run(values)

    parameters = _parameters(program.parameters, program.dependencies, journal)
    parameters += [_parameter(name, annotation) for name, annotation in BODIES[program.body].items()]
    parameters += [_parameter("tasks", BackgroundTasks), _parameter("response", Response)]
    return _signed(coroutine if program.is_async else function, parameters)


INJECTED = ("tasks", "response")


def _dependency_of(part: DependencyPart, journal: Journal) -> Callable[..., Any]:
    def begin(values: dict[str, Any]) -> str:
        journal.append(f"open {part.name} {sorted(map(str, values.values()))}")
        if part.fails == "before":
            raise ValueError(part.name)
        if part.fails == "refuses":
            raise HTTPException(401, part.name)
        return part.name

    def see(error: Exception) -> None:
        journal.append(f"{part.name} sees {type(error).__name__}")
        if part.fails == "replaces":
            raise HTTPException(409, part.name) from error
        if part.fails != "swallows":
            raise error

    def end() -> None:
        journal.append(f"close {part.name}")
        if part.fails == "after":
            raise HTTPException(410, part.name)

    def function(**values: Any) -> str:
        return begin(values)

    async def coroutine(**values: Any) -> str:
        return begin(values)

    def generator(**values: Any) -> Iterator[str]:
        value = begin(values)
        try:
            yield value
        except Exception as error:  # noqa: BLE001 - what a program may do
            see(error)
        end()

    async def async_generator(**values: Any) -> AsyncIterator[str]:
        value = begin(values)
        try:
            yield value
        except Exception as error:  # noqa: BLE001 - what a program may do
            see(error)
        end()

    kinds = {
        "function": function,
        "coroutine": coroutine,
        "generator": generator,
        "async generator": async_generator,
    }
    return _signed(kinds[part.kind], _parameters(part.parameters, part.needs, journal))


def _parameters(
    names: tuple[str, ...], dependencies: tuple[DependencyPart, ...], journal: Journal
) -> list[inspect.Parameter]:
    parameters = [
        _parameter(name.replace(" ", "_"), ANNOTATIONS[name], DEFAULTS.get(name, inspect.Parameter.empty))
        for name in names
    ]
    for part in dependencies:
        depends: Any = Depends(_dependency_of(part, journal), scope=part.scope)  # type: ignore[arg-type]
        parameters.append(_parameter(part.name, Annotated[str, depends]))
    return parameters


def _parameter(name: str, annotation: Any, default: Any = inspect.Parameter.empty) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=annotation, default=default)


def _signed(function: Callable[..., Any], parameters: list[inspect.Parameter]) -> Callable[..., Any]:
    function.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    return function
