"""This module puts known deviations into Zonda, one at a time, inside a worker that runs it.

Each is a small patch of the kind of fault that the comparison has to find. It is imported by `worker.py`, next to which
it stands, after the alias was installed; nothing else of the differential runner may be needed here.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable
from dataclasses import replace
from typing import Any

PLANTS: dict[str, Callable[[], None]] = {}


def plant(function: Callable[[], None]) -> Callable[[], None]:
    PLANTS[function.__name__] = function
    return function


def module(name: str) -> Any:
    return importlib.import_module(f"zonda.{name}")


def wrap(place: Any, name: str, wrapper: Callable[..., Any]) -> None:
    """Put `wrapper(original, ...)` in the place of a function or method; the name on generated pages stays."""
    original = getattr(place, name)

    def wrapped(*arguments: Any, **options: Any) -> Any:
        return wrapper(original, *arguments, **options)

    if inspect.iscoroutinefunction(original):
        wrapped = awaiting(wrapped)
    wrapped.__name__ = wrapped.__qualname__ = original.__name__
    setattr(place, name, wrapped)


def awaiting(function: Callable[..., Any]) -> Callable[..., Any]:
    """A coroutine function in the place of one, since handlers are asked whether they are."""

    async def wrapped(*arguments: Any, **options: Any) -> Any:
        return await function(*arguments, **options)

    return wrapped


@plant
def validation_errors_are_400() -> None:
    async def answer(original: Any, request: Any, error: Any) -> Any:
        response = await original(request, error)
        response.status_code = 400
        return response

    wrap(module("applications"), "request_validation_exception_handler", answer)


@plant
def headers_of_http_exceptions_are_dropped() -> None:
    def answer(original: Any, request: Any, error: Any) -> Any:
        error.headers = None
        return original(request, error)

    wrap(module("applications"), "http_exception_handler", answer)


@plant
def errors_name_the_wrong_source() -> None:
    def note(original: Any, errors: Any, location: Any) -> Any:
        return original(errors, ("query", *location[1:]))

    wrap(module("compiler.extraction"), "missing", note)


@plant
def errors_lose_their_input() -> None:
    def note(original: Any, errors: Any, error: Any, location: Any) -> Any:
        noted = original(errors, error, location)
        noted[-1].pop("input", None)
        return noted

    wrap(module("compiler.extraction"), "invalid", note)


@plant
def only_the_first_error_is_told() -> None:
    def tell(original: Any, errors: Any, body: Any, place: Any) -> Any:
        return original(errors[:1], body, place)

    wrap(module("compiler.responders"), "request_errors", tell)


@plant
def dependencies_run_in_reverse() -> None:
    def analyse(original: Any, *arguments: Any, **options: Any) -> Any:
        dependant = original(*arguments, **options)
        dependant.dependencies.reverse()
        return dependant

    wrap(module("routing.state"), "get_dependant", analyse)


@plant
def dependencies_run_before_broken_json_is_found() -> None:
    async def read(original: Any, exchange: Any, place: Any, **options: Any) -> Any:
        try:
            return await original(exchange, place, **options)
        except module("exceptions").RequestValidationError as error:
            return error.body

    wrap(module("compiler.bodies"), "read_json", read)


@plant
def cleanup_runs_before_background_tasks() -> None:
    exchange = module("transport.exchange").HttpExchange

    async def finish(original: Any, self: Any, error: Any) -> None:
        if error is None and self.background is not None and self._open is not None:
            await self.close(None)
        await original(self, error)

    wrap(exchange, "finish_here", finish)


@plant
def aliases_are_forgotten() -> None:
    def name(original: Any, field: Any) -> Any:
        return ((field.name, field.name),) if field.field_info.alias else original(field)

    wrap(module("analysis.sources"), "_names", name)


@plant
def defaults_are_none() -> None:
    wrap(module("compiler.extraction"), "default_expression", lambda original, page, field: "None")


@plant
def repeated_values_are_lost() -> None:
    wrap(module("compiler.extraction"), "listed", lambda original, pairs, name: original(pairs, name)[:1])


@plant
def dependencies_are_never_cached() -> None:
    wrap(module("analysis.planning"), "get_cache_key", lambda original, **options: object())


@plant
def function_scopes_end_with_the_request() -> None:
    wrap(module("analysis.planning"), "get_computed_scope", lambda original, **options: "request")


@plant
def status_codes_are_ignored() -> None:
    wrap(
        module("analysis.planning"), "plan_response", lambda original, route: replace(original(route), status_code=None)
    )


@plant
def response_filters_are_ignored() -> None:
    wrap(module("compiler.results"), "filters", lambda original, plan: {"by_alias": True})


@plant
def results_are_not_validated() -> None:
    wrap(module("compiler.results"), "write_validation", lambda original, page, field, result: None)


@plant
def injected_headers_are_lost() -> None:
    def reply(original: Any, exchange: Any, *arguments: Any, **options: Any) -> Any:
        exchange.response = None
        return original(exchange, *arguments, **options)

    wrap(module("compiler.results"), "reply_from", reply)


@plant
def slashes_do_not_redirect() -> None:
    def make(original: Any, self: Any, *arguments: Any, **options: Any) -> None:
        original(self, *arguments, **{**options, "redirect_slashes": False})

    wrap(module("compiler.finder").Finder, "__init__", make)


@plant
def middleware_runs_in_reverse() -> None:
    def join(original: Any, search: Any, handlers: Any, wraps: Any, *rest: Any) -> Any:
        return original(search, handlers, list(reversed(wraps)), *rest)

    wrap(module("startup.stack"), "pipeline_through", join)


@plant
def scopes_of_security_are_forgotten() -> None:
    wrap(module("analysis.planning"), "get_oauth_scopes", lambda original, **options: [])


@plant
def refused_websockets_close_with_1000() -> None:
    async def refuse(original: Any, websocket: Any, error: Any) -> None:
        await websocket.close(code=1000)

    wrap(module("applications"), "websocket_request_validation_exception_handler", refuse)


@plant
def tags_are_missing_from_the_document() -> None:
    def describe(original: Any, *arguments: Any, **options: Any) -> Any:
        document = original(*arguments, **options)
        for operations in document.get("paths", {}).values():
            for operation in operations.values():
                operation.pop("tags", None)
        return document

    wrap(module("applications"), "get_openapi", describe)
