"""This module writes what is called without a request: dependencies, and a function that takes them or their value."""

from __future__ import annotations

from zonda.analysis.plan import CallerGives, CallerPlan
from zonda.compiler import dependencies
from zonda.compiler.page import Page, threads_of
from zonda.compiler.source import Source
from zonda.concurrency.limits import ThreadSettings
from zonda.runtime.app_scope import AppScope
from zonda.seams import Caller


def compile_caller(
    plan: CallerPlan, threads: ThreadSettings | None = None, app_scope: AppScope | None = None
) -> Caller:
    """The function that resolves the dependencies; it closes nothing."""
    return write_caller(plan, threads, app_scope).compile()


def caller_source(plan: CallerPlan) -> str:
    """The page of that function, for a person to read."""
    return write_caller(plan).text()


def write_caller(plan: CallerPlan, threads: ThreadSettings | None = None, app_scope: AppScope | None = None) -> Source:
    source = Source("call(resolution, args, kwargs)", plan.title)
    page = Page(
        source=source,
        connection="resolution",
        path="",
        endpoint=plan.endpoint,
        dependencies=plan.dependencies,
        place=plan.place,
        threads=threads_of(plan.title, threads),
        app_scope=app_scope or AppScope(),
        has_request=False,
    )
    dependencies.write_dependencies(page)
    arguments = dependencies.write_arguments(page, plan.endpoint)
    match plan.gives:
        case CallerGives.VALUE:
            source.comment("Value.")
            source.line(f"return {', '.join(arguments.values())}")
        case CallerGives.RESULT:
            source.comment("Function.")
            page.call(f"return await {page.function(plan.endpoint)}(*args, **kwargs, ", arguments)
        case CallerGives.ARGUMENTS:
            source.comment("Arguments of a function that runs in its caller's thread.")
            page.call("return dict(", arguments)
    return source
