"""This module runs Starlette's own code around an exchange, for middleware that changes at most the head of a reply."""

from __future__ import annotations

import copy
from typing import Any

from zonda.middleware.replies import full_headers, with_head
from zonda.seams import Dispatch, Exchange, Head, Message, Reply, Scope, Send

__all__ = ["Through"]


class Through:
    """The wrap of an ASGI middleware: it is called as always, with a dispatch inside instead of an application."""

    def __init__(self, middleware: Any) -> None:
        self.middleware = copy.copy(middleware)
        self.middleware.app = _dispatch_inside

    async def __call__(self, exchange: Exchange, dispatch: Dispatch) -> Reply:
        passage = _Passage(exchange, dispatch)
        await self.middleware(exchange.scope, passage, passage.send)
        return passage.reply()


class _Passage:
    """One call: what the middleware takes for `receive`, so that the dispatch inside finds its exchange again."""

    __slots__ = ("body", "dispatch", "exchange", "inner", "start")

    def __init__(self, exchange: Exchange, dispatch: Dispatch) -> None:
        self.exchange = exchange
        self.dispatch = dispatch
        self.inner: Reply | None = None
        self.start: Message | None = None
        self.body = b""

    async def __call__(self) -> Message:
        return await self.exchange.receive()

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.start = message
        else:
            self.body += message.get("body", b"")

    def reply(self) -> Reply:
        if self.start is None:
            raise RuntimeError("No response returned.")
        head = Head(self.start["status"], tuple(self.start["headers"]))
        return Reply(head, self.body) if self.inner is None else with_head(self.inner, head)


async def _dispatch_inside(scope: Scope, receive: _Passage, send: Send) -> None:
    reply = await receive.exchange.materialise(await receive.dispatch(receive.exchange))
    receive.inner = reply
    await send({"type": "http.response.start", "status": reply.head.status, "headers": full_headers(reply)})
