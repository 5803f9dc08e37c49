"""This module holds FastAPI's middleware that opens an exit stack for each request."""

from __future__ import annotations

from contextlib import AsyncExitStack

from zonda.seams import ASGIApp, Receive, Scope, Send

__all__ = ["AsyncExitStackMiddleware"]


class AsyncExitStackMiddleware:
    """Puts an exit stack into the scope and closes it when the application inside is done."""

    def __init__(self, app: ASGIApp, context_name: str = "fastapi_middleware_astack") -> None:
        self.app = app
        self.context_name = context_name

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        opened = scope[self.context_name] = AsyncExitStack()
        async with opened:
            await self.app(scope, receive, send)
