"""This module writes how a dependency is called: awaited, in a worker thread, or left open if it yields."""

from __future__ import annotations

from contextlib import nullcontext

from zonda.analysis.kinds import GENERATORS, CallKind
from zonda.analysis.plan import CallPlan
from zonda.compiler.page import Arguments, Page
from zonda.runtime.dependencies import open_limited, opener, threaded_opener


def write_guarded_call(page: Page, index: int, guard: str | None, arguments: Arguments) -> None:
    call, value = page.dependencies[index].call, page.dependency_locals[index]
    page.source.comment(f"Dependency {call.name}" + (", unless something that it needs is wrong." if guard else "."))
    stack = page.stack(page.dependencies[index].scope or "request") if call.kind in GENERATORS else ""
    with page.source.block(guard) if guard else nullcontext():
        write_call(page, index, f"{value} = " if value else "", stack, arguments)


def write_call(page: Page, index: int, target: str, stack: str, arguments: Arguments) -> None:
    source, dependency = page.source, page.dependencies[index]
    call, name = dependency.call, dependency.call.name
    limit = dependency.semaphore and source.bind(f"{name}_limit", dependency.semaphore)
    if call.kind in GENERATORS:
        is_async = call.kind is CallKind.ASYNC_GENERATOR
        if is_async and not limit:
            page.call(f"{target}await {stack}.enter_generator({page.function(call)}(", arguments)
            return
        opened = bound_opener(page, call)
        if limit:
            page.call(f"{target}await {source.use(open_limited)}({stack}, {limit}, {opened}(", arguments)
        else:
            page.call(f"{target}await {stack}.enter_async_context({opened}(", arguments)
        return
    with source.block(f"async with {limit}.get_semaphore()") if limit else nullcontext():
        page.call(f"{target}await {run_expression(page, call)}", arguments)


def run_expression(page: Page, call: CallPlan) -> str:
    """What runs a function and is still open for its arguments."""
    if call.kind is not CallKind.FUNCTION:
        return f"{page.function(call)}("
    run = page.threads.endpoint if call is page.endpoint else page.threads.dependency
    return f"{page.source.bind('run_in_threadpool', run)}({page.function(call)}, "


def bound_opener(page: Page, call: CallPlan) -> str:
    """What the page calls the function that makes a context manager of a dependency with `yield`."""
    is_async = call.kind is CallKind.ASYNC_GENERATOR
    manager = opener(call.call) if is_async else threaded_opener(call.call, page.threads.dependency)
    return page.source.bind(f"open_{call.name}", manager, of=call.call)
