"""This module builds the middleware of a router: one instance of each, for all routes that it stands around.

    instance ─▶ Inside ─▶ what the route of this request has further in

An ASGI middleware is made with the application inside it. Here that differs from route to route, so each instance is
made with an Inside, which finds in the scope what this request has there.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

from starlette.middleware import Middleware

from zonda.middleware.wraps import is_known, wrap_of
from zonda.seams import ASGIApp, Receive, Scope, Send, Wrap

__all__ = ["Ring", "rings_of"]

_numbers = itertools.count(1)


class Inside:
    """The application inside of one middleware: whatever this request has there."""

    def __init__(self) -> None:
        self.key = f"zonda.inside.{next(_numbers)}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await scope[self.key](scope, receive, send)


class Ring:
    """One middleware, with its wrap if it knows exchanges."""

    def __init__(self, declaration: Middleware) -> None:
        cls: Any = declaration.cls
        self.inside = Inside()
        self.name: str = getattr(cls, "__qualname__", repr(cls))
        self.instance: ASGIApp = cls(self.inside, *declaration.args, **declaration.kwargs)
        self.wrap: Wrap | None = wrap_of(self.instance) if is_known(cls) else None

    def around(self, app: ASGIApp) -> ASGIApp:
        """The middleware in its ASGI form around an application."""

        async def call(scope: Scope, receive: Receive, send: Send) -> None:
            scope[self.inside.key] = app
            await self.instance(scope, receive, send)

        return call


def rings_of(declared: Sequence[Middleware]) -> tuple[Ring, ...]:
    """The middleware built, outermost first."""
    return tuple(map(Ring, declared))
