"""This module writes calls that run at the same time: all parameters first, in call order, then wave after wave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from zonda.analysis.kinds import GENERATORS
from zonda.compiler import calls
from zonda.compiler.page import Arguments, Page
from zonda.runtime.together import Opening, limited, together


@dataclass(frozen=True, slots=True)
class Waiting:
    """A dependency whose parameters were written, and whose call was not."""

    index: int
    due: str | None
    """The local that says whether it is to be called; None if it always is."""
    arguments: Arguments


def waiting(page: Page, index: int, guard: str | None, arguments: Arguments) -> Waiting:
    """Write whether the dependency is to be called, as far as its parameters tell."""
    call = page.dependencies[index].call
    due = None
    if guard is not None:
        due = page.source.name(f"{call.name}_is_due")
        page.source.line(f"{due} = {guard.removeprefix('if ')}")
    page.dependency_locals[index] = page.value_name(index)
    return Waiting(index, due, arguments)


def write_waves(page: Page, waiting: Sequence[Waiting]) -> None:
    """Write the calls, those that run at the same time together."""

    def wave_of(item: Waiting) -> int:
        return page.dependencies[item.index].wave or 0

    for _, wave in groupby(sorted(waiting, key=wave_of), wave_of):
        first, *others = wave
        if others:
            write_together(page, [first, *others])
        else:
            calls.write_guarded_call(page, first.index, first.due and f"if {first.due}", first.arguments)


def write_together(page: Page, wave: Sequence[Waiting]) -> None:
    source = page.source
    names = ", ".join(page.dependencies[item.index].call.name for item in wave)
    openings = [opening(page, item) for item in wave]
    source.comment(f"At the same time: {names}. The first error cancels the others.")
    targets = [page.dependency_locals[item.index] or "_" for item in wave]
    source.line(f"{', '.join(targets)} = await {source.use(together)}(")
    for text in openings:
        source.line(f"    {text},")
    source.line(")")


def opening(page: Page, item: Waiting) -> str:
    """The expression of what is awaited or opened; it is None where an error keeps it from being called."""
    source, dependency = page.source, page.dependencies[item.index]
    call = dependency.call
    arguments = ", ".join(f"{name}={value}" for name, value in item.arguments.items())
    limit = source.bind(f"{call.name}_limit", dependency.semaphore) if dependency.semaphore else ""
    if call.kind in GENERATORS:
        stack = page.stack(dependency.scope or "request")
        opened = f"{calls.bound_opener(page, call)}({arguments})"
        text = f"{source.use(Opening)}({', '.join(filter(None, (stack, opened, limit)))})"
    else:
        run = calls.run_expression(page, call)
        text = f"{run if arguments else run.removesuffix(', ')}{arguments})"
        text = f"{source.use(limited)}({limit}, {text})" if limit else text
    return f"{text} if {item.due} else None" if item.due else text
