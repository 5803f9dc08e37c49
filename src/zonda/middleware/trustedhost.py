"""This module refuses requests for other hosts: Starlette's middleware, and its wrap."""

from __future__ import annotations

from functools import lru_cache

from starlette._utils import parse_host_header
from starlette.middleware.trustedhost import TrustedHostMiddleware

from zonda.middleware.through import Through
from zonda.seams import Dispatch, Exchange, Reply, Wrap

__all__ = ["TrustedHostMiddleware", "wrap"]


def wrap(middleware: TrustedHostMiddleware) -> Wrap:
    if middleware.allow_any:
        return _pass
    exact = frozenset(host for host in middleware.allowed_hosts if not host.startswith("*"))
    endings = tuple(host[1:] for host in middleware.allowed_hosts if host.startswith("*"))
    refuse = Through(middleware)

    @lru_cache(maxsize=256)
    def is_allowed(value: bytes) -> bool:
        parsed = parse_host_header(value.decode("latin-1"))
        host = "" if parsed is None else parsed.host.lower()
        return host in exact or (bool(host) and host.endswith(endings))

    async def wrap_host(exchange: Exchange, dispatch: Dispatch) -> Reply:
        for name, value in exchange.headers:
            if name == b"host":
                if is_allowed(value):
                    return await dispatch(exchange)
                break
        return await refuse(exchange, dispatch)

    return wrap_host


async def _pass(exchange: Exchange, dispatch: Dispatch) -> Reply:
    return await dispatch(exchange)
