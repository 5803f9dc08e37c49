"""This module makes a program smaller for as long as the same difference stays."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any

from conformance.differential.shapes import Program

KEPT = {"name", "type", "form", "source", "base", "model", "args", "methods", "path", "text", "style", "expression"}
"""What makes no sense without, or is not worth a try."""
MOST_TRIES = 400


def reduce_program(program: Program, still_differs: Callable[[Program], bool]) -> Program:
    """Take away one part after the other, the largest first, until nothing more can go."""
    tries = 0
    smaller = True
    while smaller and tries < MOST_TRIES:
        smaller = False
        for variant in variants(program):
            tries += 1
            if still_differs(variant):
                program = variant
                smaller = True
                break
            if tries >= MOST_TRIES:
                break
    return program


def variants(value: Any) -> Iterator[Any]:
    """The value without one of its parts; whole parts before parts of parts."""
    inner: list[tuple[str, int, Any]] = []
    for field in fields(value):
        current = getattr(value, field.name)
        if isinstance(current, tuple) and field.name not in KEPT:
            if len(current) > 3:
                half = len(current) // 2
                yield replace(value, **{field.name: current[half:]})
                yield replace(value, **{field.name: current[:half]})
            for index in range(len(current)):
                if len(current) > 1 or field.name != "ending":
                    yield replace(value, **{field.name: current[:index] + current[index + 1 :]})
            inner += [(field.name, index, item) for index, item in enumerate(current) if is_dataclass(item)]
        elif field.name not in KEPT and current != field.default and isinstance(current, str | bool | type(None)):
            yield replace(value, **{field.name: field.default})
    if getattr(value, "ending", ("echo",)) != ("echo",):
        yield replace(value, ending=("echo",))
    for name, index, item in inner:
        current = getattr(value, name)
        for smaller in variants(item):
            yield replace(value, **{name: (*current[:index], smaller, *current[index + 1 :])})
