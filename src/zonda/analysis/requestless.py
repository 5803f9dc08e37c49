"""This module refuses what only a request can give, where a dependency is used without one.

    Depends(get_pool, scope="app")       one value for the process
    app.resolve(get_users)               anywhere
    @app.inject                          anywhere

A parameter with a default has its default there.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from zonda.analysis.calls import name_of
from zonda.analysis.dependant import Dependant
from zonda.analysis.mistakes import NeedsRequest

APP_SCOPED = 'a dependency with scope="app"'

OF_REQUESTS = {
    "request_param_name": "the request",
    "websocket_param_name": "the websocket",
    "http_connection_param_name": "the request or websocket",
    "response_param_name": "the response to a request",
}
"""Attributes of a dependant: what is injected that nothing but a request has."""
TASKS = {"background_tasks_param_name": "the background tasks of a request"}
"""Those that run after a reply; after a function too, but what lives as long as the process has no such end."""

SOURCES = ("path", "query", "header", "cookie", "body")

_used_by: ContextVar[str | None] = ContextVar("zonda_used_without_a_request_by", default=None)


@contextmanager
def without_request(used_by: str) -> Iterator[None]:
    """Inside, each tree that is made may need nothing of a request; `used_by` names the use in messages."""
    token = _used_by.set(used_by)
    try:
        yield
    finally:
        _used_by.reset(token)


def refuse_needs_of_requests(dependant: Dependant) -> None:
    """Raises NeedsRequest for the first parameter of this callable that only a request can give."""
    is_app_scoped = dependant.scope == "app"
    used_by = APP_SCOPED if is_app_scoped else _used_by.get()
    if used_by is None:
        return
    for parameter, needed in _needs(dependant, OF_REQUESTS | TASKS if is_app_scoped else OF_REQUESTS):
        raise NeedsRequest(parameter, dependency=name_of(dependant.call), needed=needed, used_by=used_by)


def _needs(dependant: Dependant, injected: dict[str, str]) -> Iterator[tuple[str, str]]:
    for attribute, needed in injected.items():
        parameter = getattr(dependant, attribute)
        if parameter is not None:
            yield parameter, needed
    for source in SOURCES:
        for field in getattr(dependant, f"{source}_params"):
            if field.required:
                yield field.name, f"a value from the {source}"
