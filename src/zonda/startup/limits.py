"""This module puts `max_body_size` on exchanges so that it counts across mounted applications.

Starlette's own body limit leaves a note in the scope that inner limits adjust; so does ours, under the same key.
"""

from __future__ import annotations

from typing import Any

from starlette.middleware.body_limit import (
    _BODY_LIMIT_RESPONDER_SCOPE_KEY,
    MAX_BODY_SIZE_SCOPE_KEY,
    _RequestBodyTooLarge,
)

from zonda.seams import Dispatch, Exchange, Reply, Scope
from zonda.transport.driving import too_large
from zonda.transport.refused_bodies import within_limit


class ActiveLimit:
    """The limit of an exchange as inner applications see and change it."""

    def __init__(self, exchange: Any) -> None:
        self.exchange = exchange

    @property
    def max_body_size(self) -> int:
        return int(self.exchange.max_body_size)

    @max_body_size.setter
    def max_body_size(self, limit: int) -> None:
        self.exchange.max_body_size = limit

    @property
    def total_size(self) -> int:
        return int(self.exchange.body_size)


def limit_body(exchange: Exchange, limit: int | None) -> None:
    """Let `limit` count from here inward; None leaves what is outside."""
    if limit is None:
        return
    scope = exchange.made_scope
    outer = None if scope is None else scope.get(_BODY_LIMIT_RESPONDER_SCOPE_KEY)
    if outer is None:
        exchange.max_body_size = limit
        if scope is not None:
            publish_limit(exchange, scope)
        return
    outer.max_body_size = limit
    if outer.total_size > limit:
        raise _RequestBodyTooLarge


def publish_limit(exchange: Exchange, scope: Scope) -> None:
    if exchange.max_body_size is not None and _BODY_LIMIT_RESPONDER_SCOPE_KEY not in scope:
        scope[_BODY_LIMIT_RESPONDER_SCOPE_KEY] = ActiveLimit(exchange)
        scope[MAX_BODY_SIZE_SCOPE_KEY] = exchange.max_body_size


class ApplicationLimit:
    """The application's limit, a wrap outside all middleware."""

    def __init__(self, limit: int) -> None:
        self.limit = limit

    async def __call__(self, exchange: Exchange, dispatch: Dispatch) -> Reply:
        if _BODY_LIMIT_RESPONDER_SCOPE_KEY in (exchange.made_scope or ()):
            limit_body(exchange, self.limit)
            return await dispatch(exchange)  # what counts outside is answered outside all middleware
        try:
            limit_body(exchange, self.limit)
            exchange.is_limited_outside = True
            return await within_limit(exchange, await dispatch(exchange), is_outside=True)
        except _RequestBodyTooLarge:
            return too_large(exchange.app)
