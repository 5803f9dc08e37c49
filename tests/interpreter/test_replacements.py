"""Tests of functions that tools replace: they are asked for at each call, and taking them back ends it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest

from tests.interpreter.routes import client_for
from zonda import interpreter
from zonda.changes import declared
from zonda.interpreter.replacements import current, replace, replaced_names, watch


@pytest.fixture
def routing() -> Iterator[ModuleType]:
    """A module such as `fastapi.routing`, in which tools replace functions."""
    module = ModuleType("routing")
    module.solve_dependencies = interpreter.solve_dependencies  # type: ignore[attr-defined]
    module.run_endpoint_function = interpreter.run_endpoint_function  # type: ignore[attr-defined]
    watch(module)
    yield module
    for name in replaced_names():
        replace(name, getattr(interpreter, name))


class SeenValues(dict[str, Any]):
    """A dict that a tool hands through from one replaced function to the other."""


def test_a_replaced_function_serves_routes_that_exist(routing: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """A handler that was made before the replacement runs through it, and no longer when it was taken back."""
    calls = []
    original = interpreter.run_endpoint_function

    async def traced(*, dependant: Any, values: dict[str, Any], is_coroutine: bool) -> Any:
        calls.append(sorted(values))
        return await original(dependant=dependant, values=values, is_coroutine=is_coroutine)

    client = client_for(lambda q=1: q)
    client.get("/")
    with monkeypatch.context() as patch:
        patch.setattr(routing, "run_endpoint_function", traced)
        client.get("/")
    client.get("/")

    assert calls == [["q"]]
    assert replaced_names() == frozenset()


def test_values_pass_as_the_same_object(routing: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a replaced `solve_dependencies` returns as `values` is the object that the endpoint function receives."""
    seen = []
    solve, run = interpreter.solve_dependencies, interpreter.run_endpoint_function

    async def solve_and_mark(**keywords: Any) -> Any:
        solved = await solve(**keywords)
        return dataclasses.replace(solved, values=SeenValues(solved.values))

    async def run_marked(*, dependant: Any, values: dict[str, Any], **keywords: Any) -> Any:
        seen.append(type(values))
        return await run(dependant=dependant, values=values, **keywords)

    monkeypatch.setattr(routing, "solve_dependencies", solve_and_mark)
    monkeypatch.setattr(routing, "run_endpoint_function", run_marked)

    assert client_for(lambda q=1: q).get("/").json() == 1
    assert seen == [SeenValues]


def test_a_replacement_counts_as_a_change(routing: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was compiled learns of a replacement from the count of changes; other names are not counted."""
    before = declared.count
    monkeypatch.setattr(routing, "unrelated", 1, raising=False)
    unrelated = declared.count

    monkeypatch.setattr(routing, "solve_dependencies", lambda **keywords: None)

    assert unrelated == before
    assert declared.count == before + 1
    assert replaced_names() == {"solve_dependencies"}


def test_a_deleted_replacement_gives_the_original(routing: ModuleType) -> None:
    """`mock.patch` deletes a name before it sets it again: in between the original counts."""
    routing.solve_dependencies = None  # type: ignore[attr-defined]
    del routing.solve_dependencies  # type: ignore[attr-defined]

    assert current("solve_dependencies") is interpreter.solve_dependencies
    assert replaced_names() == frozenset()
