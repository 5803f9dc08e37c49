"""This module holds the applications that the transport's tests talk to: tiny pipelines without a framework."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from zonda.seams import ASGIApp, Head, Message, Receive, Reply, Scope, Send
from zonda.transport.asgi import Entry
from zonda.transport.exchange import HttpExchange

TEXT = Head(200, ((b"content-type", b"text/plain"),))

Respond = Callable[[Any], Awaitable[Reply]]


def text(content: str | bytes, status: int = 200) -> Reply:
    body = content.encode() if isinstance(content, str) else content
    return Reply(TEXT if status == 200 else Head(status, TEXT.headers), body)


class Pipeline:
    """Calls one function for each exchange and remembers the errors that reached it."""

    is_outermost = True

    def __init__(self, respond: Respond) -> None:
        self.dispatch = respond
        self.select = None
        self.server_errors: list[BaseException] = []
        self.late_errors: list[BaseException] = []

    async def server_error(self, exchange: HttpExchange, error: Exception) -> Reply:
        self.server_errors.append(error)
        return text("Internal Server Error", 500)

    async def application_error(self, exchange: HttpExchange, error: Exception) -> Reply:
        if isinstance(error, KeyError):
            return text("handled", 418)
        raise error

    async def late_error(self, exchange: HttpExchange, error: Exception) -> Exception:
        self.late_errors.append(error)
        return error


class NativeApp:
    """An application as the protocol looks for it: it offers its pipeline, and speaks ASGI to everyone else."""

    def __init__(self, respond: Respond) -> None:
        self.pipeline = Pipeline(respond)
        self.refuses: str | None = None
        self._entry = Entry(self.pipeline)

    def native_pipeline(self) -> Any:
        return self.refuses or self.pipeline

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._entry(scope, receive, send)


def asgi(respond: Respond) -> ASGIApp:
    """The same application without its native door."""
    entry = Entry(Pipeline(respond))

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await entry(scope, receive, send)

    return app


class Foreign:
    """Only speaks ASGI, so that the application inside does, too."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self.app(scope, receive, send)


async def echo(exchange: Any) -> Reply:
    """Says what was read of the request: two answers are equal where two readings are."""
    body = await exchange.body()
    fields = [name + b"=" + value for name, value in exchange.headers]
    parts = (exchange.method.encode(), exchange.path.encode(), exchange.query_string, *fields, b"\x00" + body)
    return text(b"\n".join(parts))


async def read_all(receive: Receive) -> bytes:
    body = b""
    while True:
        message: Message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            return body
