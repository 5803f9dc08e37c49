"""This module writes `respond(connection)` for a websocket: the order of the steps, nothing else."""

from __future__ import annotations

from contextlib import ExitStack

from zonda.analysis.kinds import GENERATORS
from zonda.analysis.plan import WebSocketPlan
from zonda.compiler import dependencies
from zonda.compiler.page import Page, threads_of
from zonda.compiler.source import Source
from zonda.concurrency.limits import ThreadSettings
from zonda.runtime.app_scope import AppScope
from zonda.runtime.errors import websocket_errors
from zonda.seams import WebSocketResponder


def compile_websocket(
    plan: WebSocketPlan, threads: ThreadSettings | None = None, app_scope: AppScope | None = None
) -> WebSocketResponder:
    """The function that runs the websocket from its opening request to the endpoint's end."""
    return write_websocket(plan, threads, app_scope).compile()


def websocket_source(plan: WebSocketPlan) -> str:
    """The page of that function, for a person to read."""
    return write_websocket(plan).text()


def write_websocket(
    plan: WebSocketPlan, threads: ThreadSettings | None = None, app_scope: AppScope | None = None
) -> Source:
    source = Source("respond(connection)", plan.place.path)
    page = Page(
        source=source,
        connection="connection",
        path=plan.path,
        endpoint=plan.endpoint,
        dependencies=plan.dependencies,
        place=plan.place,
        secrets=plan.secrets,
        threads=threads_of(plan.place.path, threads),
        app_scope=app_scope or AppScope(),
        embeds_body=plan.embeds_body,
    )
    if dependencies.can_fail(page):
        source.line(f"{source.name('errors')} = None")
    with ExitStack() as blocks:
        scopes = open_scopes(plan)
        if "request" in scopes:
            blocks.enter_context(page.scope("request", "last"))
        if "function" in scopes:
            blocks.enter_context(page.scope("function", "first"))
        dependencies.write_dependencies(page)
        arguments = dependencies.write_arguments(page, plan.endpoint)
        if dependencies.can_fail(page):
            source.comment("All that was noted, together: the websocket is refused.")
            with source.block("if errors"):
                source.line(f"raise {source.use(websocket_errors)}({page.shown_errors()}, {page.endpoint_context()})")
        source.comment("Endpoint.")
        page.call(f"await {page.function(plan.endpoint)}(", arguments)
    return source


def open_scopes(plan: WebSocketPlan) -> set[str]:
    """The scopes in which something is to be closed."""
    return {
        dependency.scope or "request"
        for dependency in plan.dependencies
        if dependency.reuses is None and dependency.call.kind in GENERATORS
    }
