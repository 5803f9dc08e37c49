"""This module reads what routing notes in an ASGI scope, under the key that packages know from FastAPI."""

from __future__ import annotations

from typing import Any

from starlette.types import Scope


def fastapi_scope(scope: Scope) -> dict[str, Any]:
    """The notes of routing, to read and to write."""
    notes: dict[str, Any] = scope.setdefault("fastapi", {})
    return notes


def effective_route_context(scope: Scope) -> Any | None:
    """The route as it is included, for a route that came with `include_router`."""
    return scope.get("fastapi", {}).get("effective_route_context")


def included_router(scope: Scope) -> Any | None:
    """The inclusion that a request was sent through."""
    return scope.get("fastapi", {}).get("included_router")
