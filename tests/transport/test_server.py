"""Applications that only speak ASGI get from our protocol what they get from Uvicorn's own."""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import Callable
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.responses import FileResponse, PlainTextResponse, StreamingResponse
from starlette.routing import Route, WebSocketRoute
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from zonda.transport.protocol import ZondaProtocol

from .pipelines import read_all
from .servers import request, serving
from .wires import Wire

GET = b"GET /a%20b?x=1 HTTP/1.1\r\nHost: a\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"
CHUNKED = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n"
HEAD = b"HEAD / HTTP/1.1\r\nHost: a\r\n\r\n"
CLOSE = b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"

Send = Callable[[dict[str, Any]], Any]


def start(status: int = 200, *headers: tuple[bytes, bytes]) -> dict[str, Any]:
    return {"type": "http.response.start", "status": status, "headers": list(headers)}


def part(body: bytes = b"", more: bool = False) -> dict[str, Any]:
    return {"type": "http.response.body", "body": body, "more_body": more}


async def with_length(scope: Any, receive: Any, send: Send) -> None:
    await send(start(200, (b"content-length", b"5"), (b"X-Case", b"Kept")))
    await send(part(b"he", True))
    await send(part(b"llo"))


async def without_length(scope: Any, receive: Any, send: Send) -> None:
    await send(start())
    await send(part(b"he", True))
    await send(part(b"", True))
    await send(part(b"llo"))


async def echoes(scope: Any, receive: Any, send: Send) -> None:
    body = await read_all(receive)
    await send(start())
    await send(part(repr((scope["path"], scope["raw_path"], scope["query_string"], body)).encode()))


async def closes(scope: Any, receive: Any, send: Send) -> None:
    await send(start(200, (b"connection", b"close"), (b"content-length", b"0")))
    await send(part())


async def raises(scope: Any, receive: Any, send: Send) -> None:
    raise ValueError("wrong")


async def raises_late(scope: Any, receive: Any, send: Send) -> None:
    await send(start())
    raise ValueError("wrong")


async def is_cancelled(scope: Any, receive: Any, send: Send) -> None:
    raise asyncio.CancelledError


async def says_nothing(scope: Any, receive: Any, send: Send) -> None:
    return None


async def returns_something(scope: Any, receive: Any, send: Send) -> Any:
    await with_length(scope, receive, send)
    return "something"


async def stops_early(scope: Any, receive: Any, send: Send) -> None:
    await send(start(200, (b"content-length", b"5")))
    await send(part(b"he", True))


async def sends_too_much(scope: Any, receive: Any, send: Send) -> None:
    await send(start(200, (b"content-length", b"2")))
    await send(part(b"hello"))


async def sends_too_little(scope: Any, receive: Any, send: Send) -> None:
    await send(start(200, (b"content-length", b"9")))
    await send(part(b"hello"))


async def sends_twice(scope: Any, receive: Any, send: Send) -> None:
    await with_length(scope, receive, send)
    await send(part(b"more"))


async def begins_with_the_body(scope: Any, receive: Any, send: Send) -> None:
    await send(part(b"hello"))


async def sends_no_content(scope: Any, receive: Any, send: Send) -> None:
    await send(start(204))
    await send(part())


async def sends_line_breaks(scope: Any, receive: Any, send: Send) -> None:
    await send(start(200, (b"x-evil", b"a\r\nset-cookie: b=c")))
    await send(part())


async def sends_a_bad_name(scope: Any, receive: Any, send: Send) -> None:
    await send(start(200, (b"x evil", b"a")))
    await send(part())


async def receives_after_its_response(scope: Any, receive: Any, send: Send) -> None:
    await with_length(scope, receive, send)
    message = await receive()
    assert message == {"type": "http.disconnect"}


async def answers_an_odd_status(scope: Any, receive: Any, send: Send) -> None:
    await send(start(299, (b"content-length", b"0")))
    await send(part())


APPS = [value for name, value in list(globals().items()) if inspect.iscoroutinefunction(value) and name != "read_all"]
REFUSED = [sends_line_breaks, sends_a_bad_name]
REQUESTS = {"get": GET, "two": GET + GET, "post": POST, "chunked": CHUNKED, "head": HEAD, "close": CLOSE}


async def answers(protocol: type[asyncio.Protocol], app: Any, data: bytes) -> tuple[bytes, bool, int]:
    wire = Wire(app, protocol, server_header=True)
    wire.state.default_headers = [(b"server", b"uvicorn")]
    answer = await wire.talk(data)
    is_closed = wire.transport.is_closed
    await wire.hang_up()
    return answer, is_closed, wire.state.total_requests


@pytest.mark.parametrize("data", REQUESTS.values(), ids=REQUESTS)
@pytest.mark.parametrize("app", [app for app in APPS if app not in REFUSED], ids=lambda app: app.__name__)
def test_the_bytes_are_uvicorns(app: Any, data: bytes, caplog: pytest.LogCaptureFixture) -> None:
    """The same application answers the same bytes, closes the same connections and logs the same errors."""
    theirs = asyncio.run(answers(HttpToolsProtocol, app, data))
    their_log = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    caplog.clear()
    ours = asyncio.run(answers(ZondaProtocol, app, data))
    our_log = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]

    assert ours == theirs
    assert our_log[:1] == their_log[:1]  # after the first, Uvicorn runs what it can no longer answer


@pytest.mark.parametrize("app", REFUSED)
def test_a_header_that_must_not_leave_is_a_500(app: Any) -> None:
    """Where Uvicorn drops the connection, the client gets an answer; the bytes leave in neither case."""
    answer, is_closed, _ = asyncio.run(answers(ZondaProtocol, app, GET))

    assert answer.startswith(b"HTTP/1.1 500 ")
    assert b"evil" not in answer
    assert is_closed


@pytest.mark.parametrize("protocol", [HttpToolsProtocol, ZondaProtocol])
def test_the_scope_is_uvicorns(protocol: type[asyncio.Protocol]) -> None:
    """The scope has the same keys and values as Uvicorn's."""
    scopes: list[Any] = []

    async def app(scope: Any, receive: Any, send: Send) -> None:
        scopes.append(dict(scope))
        await closes(scope, receive, send)

    async def run() -> None:
        await Wire(app, protocol, root_path="/root", app_state={"pool": 1}).talk(POST)

    asyncio.run(run())
    scopes[0].pop("path_params", None)
    assert scopes == [
        {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "server": ("127.0.0.1", 80),
            "client": ("127.0.0.1", 5000),
            "scheme": "http",
            "root_path": "/root",
            "headers": [(b"host", b"a"), (b"content-length", b"5")],
            "state": {"pool": 1},
            "method": "POST",
            "path": "/root/",
            "raw_path": b"/root/",
            "query_string": b"",
        }
    ]


def test_a_starlette_application_works_over_a_socket(tmp_path: Any) -> None:
    """Starlette's responses, files and websockets work through a real Uvicorn, on the event loop that it chooses."""
    file = tmp_path / "large.bin"
    file.write_bytes(bytes(range(256)) * 4096)

    async def stream(request: Any) -> StreamingResponse:
        async def parts() -> Any:
            for number in range(5):
                yield f"{number};"

        return StreamingResponse(parts())

    async def whole(request: Any) -> FileResponse:
        return FileResponse(file)

    async def plain(request: Any) -> PlainTextResponse:
        return PlainTextResponse(await request.body())

    async def chat(websocket: Any) -> None:
        await websocket.accept()
        await websocket.send_text("welcome")
        await websocket.close()

    app = Starlette(
        routes=[
            Route("/stream", stream),
            Route("/file", whole),
            Route("/plain", plain, methods=["POST"]),
            WebSocketRoute("/chat", chat),
        ]
    )
    upgrade = (
        b"GET /chat HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    )
    with serving(app) as address:
        streamed = request(address, b"GET /stream HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        sent = request(address, b"GET /file HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        posted = request(address, b"POST /plain HTTP/1.0\r\nContent-Length: 5\r\n\r\nhello")
        chatted = request(address, upgrade, until=b"welcome")

    assert streamed.endswith(b"2\r\n0;\r\n2\r\n1;\r\n2\r\n2;\r\n2\r\n3;\r\n2\r\n4;\r\n0\r\n\r\n")
    assert sent.partition(b"\r\n\r\n")[2] == file.read_bytes()
    assert posted.endswith(b"\r\n\r\nhello")
    assert b"101 Switching Protocols" in chatted
    assert b"welcome" in chatted
