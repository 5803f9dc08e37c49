"""This module writes `respond(exchange)`: the order of the steps, nothing else."""

from __future__ import annotations

from contextlib import nullcontext

from zonda.analysis.plan import BodyEncoding, ResultKind, RoutePlan
from zonda.compiler import bodies, dependencies, results, steps, streams
from zonda.compiler.page import Arguments, Page, threads_of
from zonda.compiler.source import Source
from zonda.concurrency.limits import ThreadSettings
from zonda.runtime.app_scope import AppScope
from zonda.runtime.bodies import reported
from zonda.runtime.errors import request_errors, swallowed
from zonda.seams import Responder


def compile_responder(
    plan: RoutePlan, threads: ThreadSettings | None = None, app_scope: AppScope | None = None
) -> Responder:
    """The function that answers the route."""
    return write_responder(plan, threads, app_scope).compile()


def responder_source(plan: RoutePlan) -> str:
    """The page of that function, for a person to read."""
    return write_responder(plan).text()


def write_responder(
    plan: RoutePlan, threads: ThreadSettings | None = None, app_scope: AppScope | None = None
) -> Source:
    source = Source("respond(exchange)", plan.operation)
    page = Page(
        source=source,
        connection="exchange",
        path=plan.path,
        endpoint=plan.endpoint,
        dependencies=plan.dependencies,
        place=plan.place,
        secrets=plan.secrets,
        threads=threads_of(plan.operation, threads),
        app_scope=app_scope or AppScope(),
    )
    page.body_is_form = plan.body is not None and plan.body.encoding is BodyEncoding.FORM
    if dependencies.can_fail(page):
        source.line(f"{source.name('errors')} = None")
    early = plan.early_steps
    dependencies.write_dependencies(page, 0, early)
    if plan.body is not None:
        bodies.write_reading(page, plan.body)
    with page.scope("function", "before the reply is sent") if plan.has_function_scope else nullcontext():
        dependencies.write_dependencies(page, early)
        arguments = dependencies.write_arguments(page, plan.endpoint)
        if dependencies.can_fail(page):
            write_errors(page)
        steps.write_answer(page, lambda: write_result(page, plan, arguments))
    if plan.has_function_scope:
        source.comment("Reached only if a function-scoped dependency swallowed what was raised: 500.")
        source.line(f"raise {source.use(swallowed)}()")
    return source


def write_errors(page: Page) -> None:
    source = page.source
    source.comment("All that was noted, together: 422.")
    with source.block("if errors"):
        body = f"{source.use(reported)}({page.body})" if page.body else "None"
        source.line(f"raise {source.use(request_errors)}({page.shown_errors()}, {body}, {page.endpoint_context()})")


def write_result(page: Page, plan: RoutePlan, arguments: Arguments) -> None:
    if plan.response.kind is ResultKind.VALUE:
        results.write_value(page, plan.endpoint, plan.response, arguments)
    else:
        streams.write_stream(page, plan.endpoint, plan.response, arguments)
