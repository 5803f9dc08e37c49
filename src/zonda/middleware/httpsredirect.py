"""This module sends clients from http to https: Starlette's middleware, and its wrap."""

from __future__ import annotations

from starlette.middleware.httpsredirect import HTTPSRedirectMiddleware

from zonda.middleware.through import Through
from zonda.seams import Dispatch, Exchange, Reply, Wrap

__all__ = ["HTTPSRedirectMiddleware", "wrap"]


def wrap(middleware: HTTPSRedirectMiddleware) -> Wrap:
    redirect = Through(middleware)

    async def wrap_scheme(exchange: Exchange, dispatch: Dispatch) -> Reply:
        if exchange.scope["scheme"] == "https":
            return await dispatch(exchange)
        return await redirect(exchange, dispatch)

    return wrap_scheme
