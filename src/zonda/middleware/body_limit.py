"""This module limits the size of request bodies: Starlette's middleware, and its wrap."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.middleware.body_limit import RequestBodyLimitMiddleware

from zonda.middleware.replies import close
from zonda.seams import Dispatch, Exchange, Head, Reply, Wrap

__all__ = ["RequestBodyLimitMiddleware", "limit_body", "wrap"]

_REFUSAL = Reply(Head(413, ((b"content-type", b"text/plain; charset=utf-8"),)), b"Content Too Large")


def wrap(middleware: RequestBodyLimitMiddleware) -> Wrap:
    return limit_body(middleware.max_body_size)


def limit_body(limit: int) -> Wrap:
    """The limit for all that is inside; a route that has one of its own puts it on the exchange and is asked for it.

    The body is counted where it is read, which raises HTTPException 413. A request whose length says beforehand that
    it is too long is refused whatever the answer would have been, as Starlette does.
    """

    async def wrap_body(exchange: Exchange, dispatch: Dispatch) -> Reply:
        exchange.max_body_size = limit
        try:
            reply = await dispatch(exchange)
        except HTTPException as error:
            if error.status_code == 413 and error.detail == "Content Too Large":
                return _REFUSAL
            raise
        final = exchange.max_body_size
        declared = _declared_length(exchange)
        if declared is None or final is None or declared <= final:
            return reply
        if reply.stream is not None:
            await close(reply.stream)
        exchange.background = None
        return _REFUSAL

    return wrap_body


def _declared_length(exchange: Exchange) -> int | None:
    for name, value in exchange.headers:
        if name == b"content-length":
            try:
                return int(value)
            except ValueError:
                return None
    return None
