"""This module says in lines what stands around a route: its routers' middleware, then the exception handlers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from zonda import exception_handlers
from zonda.domain_errors import ErrorAnswer
from zonda.inspection import InspectedRoute

_FRAMEWORK = {getattr(exception_handlers, name) for name in exception_handlers.__all__}


def around_lines(route: InspectedRoute) -> Iterator[str]:
    """From the outermost middleware to the handlers, those first that are asked first; at the end an empty line."""
    lines = [f"within {ring.name}{'' if ring.wrap is not None else ', through ASGI'}" for ring in route.rings]
    for level in route.handlers.levels() if route.handlers is not None else ():
        entries: list[tuple[Any, Any]] = [*level.by_status.items(), *level.by_class.items()]
        lines += [
            f"on {key if isinstance(key, int) else key.__name__}: {_answer(handler)}"
            for key, handler in entries
            if handler not in _FRAMEWORK and getattr(handler, "__module__", "").partition(".")[0] != "starlette"
        ]
    if lines:
        yield from lines
        yield ""


def _answer(handler: Any) -> str:
    if isinstance(handler, ErrorAnswer):
        return str(handler.status) if handler.model is None else f"{handler.status}, {handler.model.__name__}"
    return f"{getattr(handler, '__qualname__', repr(handler))}()"
