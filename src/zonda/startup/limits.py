"""This module puts `max_body_size` on exchanges so that it counts across mounted applications.

Starlette's own body limit leaves a note in the scope that inner limits adjust; so does ours, under the same key.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from starlette.middleware.body_limit import (
    _BODY_LIMIT_RESPONDER_SCOPE_KEY,
    MAX_BODY_SIZE_SCOPE_KEY,
    _RequestBodyLimitResponseSent,
    _RequestBodyTooLarge,
)

from zonda.body_limit import says_too_large
from zonda.problem_details import too_large_response
from zonda.seams import ASGIApp, Dispatch, Exchange, Message, Receive, Reply, Scope, Send, Wrap
from zonda.transport.dispatch import within_limit
from zonda.transport.driving import too_large


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


def giving_way(app: ASGIApp, exchange: Exchange) -> ASGIApp:
    """The application, whose answer gives way to a 413 where the request itself says that it is too large."""
    if (
        exchange.is_limited_outside
        or exchange.max_body_size is None
        or not says_too_large(exchange.headers, exchange.max_body_size)
    ):
        return app

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        async def refuse(message: Message) -> None:
            await too_large_response(exchange.app)(scope, receive, send)
            raise _RequestBodyLimitResponseSent

        with suppress(_RequestBodyLimitResponseSent):
            await app(scope, receive, refuse)

    return answer


def application_limit(limit: int) -> Wrap:
    """The application's limit, outside all middleware."""

    async def limited(exchange: Exchange, dispatch: Dispatch) -> Reply:
        try:
            limit_body(exchange, limit)
            exchange.is_limited_outside = True
            return await within_limit(exchange, await dispatch(exchange), is_outside=True)
        except _RequestBodyTooLarge:
            return too_large(exchange.app)

    return limited
