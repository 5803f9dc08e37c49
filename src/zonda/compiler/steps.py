"""This module writes the steps of batteries: each as one paragraph that calls one bound function.

before dependencies     may answer
after dependencies      may answer                ┐
around endpoint         a block or a call         │ inside a function of their own
└── endpoint, result, reply                       ┘ where something is done on the reply
on reply                from the reply to a reply
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from zonda.analysis.kinds import CallKind
from zonda.analysis.plan import DependencyPlan, StepInput, StepPlan
from zonda.compiler.page import Arguments, Page
from zonda.extensions import StepPlace
from zonda.runtime.steps import StepSwallowed, open_step, step_reply


def write_early_step(page: Page, dependency: DependencyPlan, arguments: Arguments) -> None:
    """Write the call of a step whose answer, if it gives one, ends the request."""
    source, step = page.source, of(dependency)
    answer = source.name(f"{dependency.call.name}_answer")
    page.call(f"{answer} = {opening(page, dependency)}", {**arguments, **received(page, step)})
    with source.block(f"if {answer} is not None"):
        source.line(f"return {source.use(step_reply)}({page.connection}, {step.name!r}, {answer})")


def write_answer(page: Page, write_endpoint: Callable[[], None]) -> None:
    """Write the steps between the last dependency and the reply; `write_endpoint` writes what they stand around.

    That ends with the `return` of a reply on each of its ways.
    """
    source = page.source
    after, around, on_reply = (
        indexes(page, place) for place in (StepPlace.AFTER_DEPENDENCIES, StepPlace.AROUND_ENDPOINT, StepPlace.ON_REPLY)
    )
    if not on_reply:
        write_inner(page, after, around, write_endpoint)
        return
    answer, reply = source.name("answer"), source.name("reply")
    source.comment("Answer: what the steps on the reply are given.")
    with source.block(f"async def {answer}()"):
        write_inner(page, after, around, write_endpoint)
    source.line()
    source.line(f"{reply} = await {answer}()")
    for index in reversed(on_reply):
        write_step_on_reply(page, index, reply)
    source.line(f"return {reply}")


def write_inner(page: Page, after: Sequence[int], around: Sequence[int], write_endpoint: Callable[[], None]) -> None:
    for index in after:
        dependency = page.dependencies[index]
        page.source.comment(f"Step {of(dependency).name}, after dependencies: it may answer.")
        write_early_step(page, dependency, page.step_arguments[index])
    write_around(page, around, write_endpoint)


def write_around(page: Page, around: Sequence[int], write_endpoint: Callable[[], None]) -> None:
    """Write the first of these steps around the others, the last one around the endpoint."""
    if not around:
        write_endpoint()
        return
    index, *inner = around
    source, dependency = page.source, page.dependencies[index]
    step = of(dependency)
    arguments = page.step_arguments[index]
    if dependency.call.kind is CallKind.ASYNC_GENERATOR:
        source.comment(f"Step {step.name}, around the endpoint.")
        name = dependency.call.name
        opened = source.bind(f"open_{name}", open_step(dependency.call.call), of=dependency.call.call)
        manager = source.name(f"{name}_step")
        page.call(f"{manager} = {opened}(", {**arguments, **received(page, step)})
        with source.block(f"async with {manager}"):
            write_around(page, inner, write_endpoint)
        source.comment("Reached only if the step swallowed what was raised: 500.")
        source.line(f"raise {source.use(StepSwallowed)}({step.name!r})")
        return
    source.comment(f"Step {step.name}, around the endpoint: it awaits this for its reply.")
    call = source.name("call", f"{dependency.call.name}_call")
    with source.block(f"async def {call}()"):
        write_around(page, inner, write_endpoint)
    source.line()
    opened = f"return {source.use(step_reply)}({page.connection}, {step.name!r}, {opening(page, dependency)}"
    page.call(opened, {**arguments, **received(page, step, call=call)})


def write_step_on_reply(page: Page, index: int, reply: str) -> None:
    source, dependency = page.source, page.dependencies[index]
    step = of(dependency)
    source.comment(f"Step {step.name}, on the reply. What only an ASGI application can send has a head when it begins.")
    with source.block(f"if {reply}.application is not None"):
        source.line(f"{reply} = await {page.connection}.materialise({reply})")
    opened = f"{reply} = {source.use(step_reply)}({page.connection}, {step.name!r}, {opening(page, dependency)}"
    page.call(opened, {**page.step_arguments[index], **received(page, step, reply=reply)})


def of(dependency: DependencyPlan) -> StepPlan:
    step = dependency.step
    assert step is not None, "only steps are written here"
    return step


def indexes(page: Page, place: StepPlace) -> list[int]:
    """The steps at one place, outermost first."""
    found = ((index, dependency.step) for index, dependency in enumerate(page.dependencies))
    return [index for index, step in found if step is not None and step.place is place]


def opening(page: Page, dependency: DependencyPlan) -> str:
    """What runs the function and is still open for its arguments."""
    function = page.function(dependency.call)
    if dependency.call.kind is not CallKind.FUNCTION:
        return f"await {function}("
    if of(dependency).is_inline:
        return f"{function}("
    return f"await {page.source.bind('run_in_threadpool', page.threads.dependency)}({function}, "


def received(page: Page, step: StepPlan, *, call: str = "", reply: str = "") -> Arguments:
    """What only steps are given."""
    values = {StepInput.EXCHANGE: page.connection, StepInput.CALL: call, StepInput.REPLY: reply}
    return {name: values[kind] for name, kind in step.received}
