"""This module runs a middleware in both of its forms and reads what a client would get."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from typing import Any

from starlette.middleware import Middleware

from zonda.middleware.wraps import wrap_of
from zonda.seams import Exchange, Head, Reply
from zonda.transport.exchange import HttpExchange

RawHeaders = tuple[tuple[bytes, bytes], ...]


@dataclass(frozen=True)
class Answer:
    """What leaves; the chunks show that a stream was not gathered."""

    status: int
    headers: RawHeaders
    chunks: tuple[bytes, ...]

    @property
    def body(self) -> bytes:
        return b"".join(self.chunks)


@dataclass(frozen=True)
class Content:
    """What the endpoint answers: chunks of a stream, or one body."""

    body: bytes = b"hello"
    chunks: tuple[bytes, ...] | None = None
    status: int = 200
    headers: RawHeaders = ((b"content-type", b"text/plain"),)


@dataclass
class Client:
    """One request: what it sends, and all that it is sent."""

    headers: RawHeaders = ()
    method: str = "GET"
    path: str = "/items"
    query: bytes = b"q=1"
    scheme: str = "http"
    body: tuple[bytes, ...] = (b"",)
    messages: list[dict[str, Any]] = field(default_factory=list)

    def scope(self) -> dict[str, Any]:
        return {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": self.method,
            "scheme": self.scheme,
            "path": self.path,
            "raw_path": self.path.encode(),
            "query_string": self.query,
            "root_path": "",
            "headers": list(self.headers),
            "server": ("example.com", 80),
            "client": ("127.0.0.1", 5000),
        }

    def receiver(self) -> Any:
        import anyio

        waiting = list(self.body)

        async def receive() -> dict[str, Any]:
            if waiting:
                chunk = waiting.pop(0)
                return {"type": "http.request", "body": chunk, "more_body": bool(waiting)}
            await anyio.sleep_forever()
            raise AssertionError

        return receive

    async def send(self, message: Any) -> None:
        self.messages.append(message)

    def answer(self) -> Answer:
        start, *rest = self.messages
        chunks = tuple(message["body"] for message in rest if message.get("body"))
        return Answer(start["status"], tuple(map(tuple, start["headers"])), chunks)


async def through_asgi(middleware: Middleware, client: Client, content: Content) -> Answer:
    """The answer of Starlette's class around an ASGI application."""

    async def application(scope: Any, receive: Any, send: Any) -> None:
        headers = list(content.headers)
        if content.chunks is None:
            headers.insert(0, (b"content-length", b"%d" % len(content.body)))
        await send({"type": "http.response.start", "status": content.status, "headers": headers})
        if content.chunks is None:
            await send({"type": "http.response.body", "body": content.body})
            return
        for chunk in content.chunks:
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    built = middleware.cls(application, *middleware.args, **middleware.kwargs)
    await built(client.scope(), client.receiver(), client.send)
    return client.answer()


async def through_wrap(middleware: Middleware, client: Client, content: Content) -> Answer:
    """The answer of the same middleware around a dispatch."""

    async def dispatch(exchange: Exchange) -> Reply:
        head = Head(content.status, content.headers)
        if content.chunks is None:
            return Reply(head, content.body)
        return Reply(head, stream=iterate(content.chunks))

    return await run_wrap(middleware, client, dispatch)


async def run_wrap(middleware: Middleware, client: Client, dispatch: Any) -> Answer:
    wrap = wrap_of(middleware)
    assert wrap is not None
    exchange = HttpExchange(client.scope(), client.receiver(), client.send)
    reply = await wrap(exchange, dispatch)
    await exchange.write(reply)
    await exchange.finish(None)
    return client.answer()


async def iterate(chunks: Iterable[bytes]) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk
