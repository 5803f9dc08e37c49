"""This module lets browsers on other origins in: Starlette's CORS middleware, and its wrap."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.middleware.cors import CORSMiddleware

from zonda.middleware.replies import with_head
from zonda.runtime.results import reply_of
from zonda.seams import Dispatch, Exchange, Head, Reply, Wrap

__all__ = ["CORSMiddleware", "wrap"]

_MOST_HEADS = 16
"""Heads kept for one head of a route: enough for the origins of a site's own pages, no more for strangers'."""


def wrap(middleware: CORSMiddleware) -> Wrap:
    return _CORSWrap(middleware)


class _CORSWrap:
    def __init__(self, middleware: CORSMiddleware) -> None:
        self.middleware = middleware

    async def __call__(self, exchange: Exchange, dispatch: Dispatch) -> Reply:
        origin = preflight = None
        for name, value in exchange.headers:
            if name == b"origin" and origin is None:
                origin = value
            elif name == b"access-control-request-method":
                preflight = value
        if preflight is not None and origin is not None and exchange.method == "OPTIONS":
            return reply_of(self.middleware.preflight_response(request_headers=exchange.header_map))
        reply = await exchange.materialise(await dispatch(exchange))
        return with_head(reply, self._head(reply.head, origin))

    def _head(self, head: Head, origin: bytes | None) -> Head:
        # PERF: a route's own head is the same each time, and so is what becomes of it (benchmark `middleware`).
        derived = head.derived
        if derived is None:
            derived = head.derived = {}
        made = derived.get((self, origin))
        if made is None:
            made = self._make_head(head, origin)
            if len(derived) < _MOST_HEADS:
                derived[self, origin] = made
        return made

    def _make_head(self, head: Head, origin: bytes | None) -> Head:
        middleware = self.middleware
        raw = list(head.headers)
        headers = MutableHeaders(raw=raw)
        name = None if origin is None else origin.decode("latin-1")
        if name is not None:
            headers.update(middleware.simple_headers)
        if name is not None and self._is_named(name):
            middleware.allow_explicit_origin(headers, name)
        else:
            headers["Vary"] = ", ".join([*headers.getlist("Vary"), "Origin"])
        return Head(head.status, tuple(raw))

    def _is_named(self, origin: str) -> bool:
        """The answer names this origin, because credentials forbid `*` or because not all origins are allowed."""
        middleware = self.middleware
        if middleware.allow_all_origins:
            return middleware.allow_credentials
        return middleware.is_allowed_origin(origin=origin)
