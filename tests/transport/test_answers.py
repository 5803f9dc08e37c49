"""Answers as they leave, on the native path and on the ASGI path: one meaning for every reader."""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Annotated, Any

import pytest
from starlette.middleware.base import RequestResponseEndpoint

from zonda import Body, HTTPException, Request, Response, WebSocket, Zonda
from zonda.responses import FileResponse, PlainTextResponse, StreamingResponse

from .answer_cases import ANSWERED, Answered, ask
from .pipelines import Foreign
from .servers import request, serving
from .wires import Wire, converse, statuses

BYTES = {"crlf": "a\r\nevil: 1", "cr": "a\revil: 1", "lf": "a\nevil: 1", "nul": "a\x00evil"}
BAD = {
    "length": {"content-length": "+5"},
    "coding": {"transfer-encoding": "gzip, chunked"},
}


def application() -> Zonda:
    app = Zonda()
    both = ["GET", "HEAD"]

    @app.api_route("/plain", methods=both)
    async def plain() -> Response:
        return PlainTextResponse("plain")

    @app.api_route("/file", methods=both)
    async def file() -> Response:
        return FileResponse(Path(__file__))

    @app.api_route("/fails", methods=both)
    async def fails() -> None:
        raise ValueError

    @app.api_route("/stream", methods=both)
    async def stream() -> Response:
        async def parts() -> AsyncIterator[str]:
            yield "one"
            yield "two"

        return StreamingResponse(parts())

    @app.get("/status/{status}")
    async def with_status(status: int) -> Response:
        return Response(status_code=status)

    @app.get("/length/{status}")
    async def with_length(status: int) -> Response:
        return Response(status_code=status, headers={"content-length": "5"})

    @app.get("/chunks/{status}")
    async def with_chunks(status: int) -> Response:
        return Response("plain", status, {"content-length": "5", "transfer-encoding": "Chunked"})

    @app.get("/bad/{what}")
    async def bad(what: str) -> Response:
        return Response("plain", headers=BAD[what])

    @app.get("/twice")
    async def twice() -> Response:
        response = Response("plain")
        response.raw_headers.append((b"Content-Length", b"7"))
        return response

    @app.post("/mirror")
    async def mirror(request: Request) -> Response:
        return Response(await request.body())

    @app.post("/json")
    async def take_json(body: Annotated[dict[str, Any], Body()]) -> int:
        return len(body)

    add_injections(app)
    return app


class Injected(Exception):
    def __init__(self, text: str) -> None:
        self.text = text


def add_injections(app: Zonda) -> None:
    """Every way in which a header can be set, with a line end in it."""

    @app.get("/injects/value/{code}")
    async def in_a_value(code: str) -> Response:
        return Response(headers={"x": BYTES[code]})

    @app.get("/injects/name/{code}")
    async def in_a_name(code: str) -> Response:
        return Response(headers={BYTES[code]: "x"})

    @app.get("/injects/parameter/{code}")
    async def in_a_parameter(code: str, response: Response) -> int:
        response.headers["x"] = BYTES[code]
        return 1

    @app.get("/injects/error/{code}")
    async def in_an_error(code: str) -> None:
        raise HTTPException(400, headers={"x": BYTES[code]})

    @app.get("/injects/stream/{code}")
    async def in_a_stream(code: str) -> Response:
        return StreamingResponse(iter(["x"]), headers={"x": BYTES[code]})

    @app.get("/injects/handler/{code}")
    async def in_a_handler(code: str) -> None:
        raise Injected(BYTES[code])

    @app.exception_handler(Injected)
    async def handle(request: Request, error: Injected) -> Response:
        return Response(headers={"x": error.text})

    inner = Zonda()

    @inner.middleware("http")
    async def add_header(request: Request, call_next: RequestResponseEndpoint) -> Response:
        response = await call_next(request)
        response.headers["x"] = BYTES[request.url.path.rpartition("/")[2]]
        return response

    @inner.get("/{code}")
    async def inside(code: str) -> int:
        return 1

    async def plain_asgi(scope: Any, receive: Any, send: Any) -> None:
        value = BYTES[scope["path"].rpartition("/")[2]].encode()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"x", value)]})
        await send({"type": "http.response.body"})

    app.mount("/injects/middleware", inner)
    app.mount("/injects/application", plain_asgi)


WRAPS = {"native": lambda app: app, "asgi": Foreign}


@pytest.fixture(scope="module", params=WRAPS.values(), ids=WRAPS)
def address(request: pytest.FixtureRequest) -> Iterator[tuple[str, int]]:
    with serving(request.param(application())) as address:
        yield address


@pytest.mark.parametrize("case", ANSWERED, ids=str)
def test_an_answer_has_one_meaning(case: Answered, address: tuple[str, int]) -> None:
    """Over a socket, on both paths: its status, its framing, what it must have and what it must not."""
    answer = request(address, case.data)

    head, _, body = answer.rpartition(b"\r\n\r\n") if case.body == b"" else answer.partition(b"\r\n\r\n")
    assert statuses(answer) == [case.status], case.rule
    for expected in case.has:
        assert expected in head, case.rule
    for forbidden in case.lacks:
        assert forbidden not in head.lower(), case.rule
    assert len(re.findall(rb"(?i)^content-length:", head, re.MULTILINE)) <= 1
    if case.body is not None:
        assert body == case.body, case.rule


@pytest.mark.parametrize("wrap", WRAPS.values(), ids=WRAPS)
def test_answers_do_not_depend_on_how_the_request_is_cut(wrap: Any) -> None:
    """Cut at every byte, and in single bytes, a request has the answer that it has in one piece."""
    app = wrap(application())

    async def answer_to(*pieces: bytes) -> bytes:
        wire = Wire(app)
        for piece in pieces:
            wire.send(piece)
            await asyncio.sleep(0)
        await asyncio.wait_for(wire.transport.closed.wait(), 10)
        return wire.take()

    async def run() -> None:
        for case in (case for case in ANSWERED if b"/injects/" not in case.data):
            whole = await answer_to(case.data)
            for cut in range(1, len(case.data)):
                assert await answer_to(case.data[:cut], case.data[cut:]) == whole, (case.name, cut)
            assert await answer_to(*(case.data[at : at + 1] for at in range(len(case.data)))) == whole, case.name

    asyncio.run(run())


EXPECTATIONS = {
    "": 0,
    "Expect: 100-continue": 1,
    "Expect: 100-Continue": 1,
    "Expect: something, 100-continue": 1,
    "Expect: something\r\nExpect: 100-continue": 1,
    "Expect: 100-continue\r\nExpect: something": 1,
    "Expect: something": 0,
}


@pytest.mark.parametrize(("fields", "count"), EXPECTATIONS.items())
def test_who_waits_for_leave_to_send_a_body_gets_it_once(address: tuple[str, int], fields: str, count: int) -> None:
    """RFC 9110, 10.1.1: `100 Continue` goes to those who asked for it, also in a list, and to nobody else."""
    fields = f"{fields}\r\n" if fields else ""
    head = f"POST /mirror HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{fields}Content-Length: 2\r\n\r\n".encode()

    with socket.create_connection(address, timeout=10) as client:
        client.sendall(head)
        answer = client.recv(1000) if count else b""
        client.sendall(b"ok")
        while piece := client.recv(1000):
            answer += piece

    assert statuses(answer) == [*[100] * count, 200]
    assert answer.endswith(b"ok")


@pytest.mark.parametrize("wrap", WRAPS.values(), ids=WRAPS)
@pytest.mark.parametrize("says_so", [False, True], ids=["unread upload", "its own field"])
def test_what_was_said_to_be_the_last_answer_is_the_last(wrap: Any, says_so: bool) -> None:
    """RFC 9112, 9.6: after `connection: close` no request runs, also if the body came to its end in the meantime."""
    ran: list[str] = []
    gates: list[asyncio.Event] = []
    app = Zonda()

    @app.post("/first")
    async def first() -> Response:
        async def parts() -> AsyncIterator[bytes]:
            yield b"begun"
            await gates[0].wait()

        return StreamingResponse(parts(), headers={"connection": "close"} if says_so else None)

    @app.get("/next")
    async def following() -> None:
        ran.append("next")

    async def run() -> tuple[bytes, bool]:
        gates.append(asyncio.Event())
        wire = Wire(wrap(app))
        upload = b"POST /first HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n"
        begun = await wire.talk(upload, b"0\r\n\r\nGET /next HTTP/1.1\r\nHost: a\r\n\r\n")
        gates[0].set()
        await wire.settle()
        return begun + wire.take(), wire.transport.is_closed

    answer, is_closed = asyncio.run(run())
    assert statuses(answer) == [200]
    assert b"connection: close" in answer
    assert is_closed
    assert ran == []


OPENING = (
    b"GET /%b HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)


WS = pytest.mark.parametrize("ws", ["websockets-sansio", "wsproto"])


@WS
@pytest.mark.parametrize(
    "body", [b"Content-Length: 9\r\n\r\nGET /evil", b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"]
)
def test_an_opening_with_a_body_is_an_ordinary_request(ws: str, body: bytes) -> None:
    """RFC 9110, 7.8: a connection changes its protocol behind a whole request; here it is not changed at all."""

    async def run() -> tuple[bytes, bool]:
        wire = Wire(application(), ws=ws)
        opening = (OPENING % b"plain").removesuffix(b"\r\n") + body
        answer = await wire.talk(opening + ask("/stream"))
        return answer, wire.transport.is_closed

    answer, is_closed = asyncio.run(run())
    assert statuses(answer) == [200, 200]
    assert b"plain" in answer
    assert is_closed


@WS
@pytest.mark.parametrize("wrap", [lambda app: app, Foreign], ids=["native", "asgi"])
def test_an_opening_beyond_the_limit_of_concurrency_is_answered_with_503(ws: str, wrap: Any) -> None:
    """RFC 9110, 15.6.4: a server that has enough to do opens no websocket, and nothing of the application runs."""
    app = Zonda()
    opened = []

    @app.websocket("/")
    async def take(websocket: WebSocket) -> None:
        opened.append(websocket)
        await websocket.accept()

    refused, is_closed = converse(wrap(app), OPENING % b"", ws=ws, limit_concurrency=1)

    assert statuses(refused) == [503]
    assert b"retry-after: 1" in refused
    assert is_closed
    assert not opened
    accepted, _ = converse(wrap(app), OPENING % b"", ws=ws, limit_concurrency=2)
    assert statuses(accepted) == [101]


@WS
def test_every_opening_of_a_websocket_gets_an_answer(ws: str) -> None:
    """One that the websocket library does not read, for a line over 8 KiB, does not stay open without an answer."""
    app = Zonda()

    @app.websocket("/")
    async def take(websocket: WebSocket) -> None:
        await websocket.accept()

    async def run() -> tuple[bytes, bool, int]:
        wire = Wire(app, ws=ws)
        cookie = b"Cookie: a=" + b"x" * 9000 + b"\r\n\r\n"
        answer = await wire.talk((OPENING % b"").removesuffix(b"\r\n") + cookie)
        is_closed = wire.transport.is_closed
        return answer, is_closed, len(wire.state.connections)

    answer, is_closed, connections = asyncio.run(run())
    assert statuses(answer) == [400 if ws == "websockets-sansio" else 101]
    assert is_closed
    assert connections == 0


@WS
@pytest.mark.parametrize("where", ["header", "subprotocol", "denial"])
@pytest.mark.parametrize("code", BYTES)
def test_the_handshake_of_a_websocket_carries_no_line_ends(ws: str, where: str, code: str) -> None:
    """RFC 9110, 5.5: whatever an application accepts or denies a websocket with, nobody writes a field of his own."""
    app = Zonda()

    @app.websocket("/header")
    async def in_a_header(websocket: WebSocket) -> None:
        await websocket.accept(headers=[(b"x", BYTES[code].encode())])

    @app.websocket("/subprotocol")
    async def in_a_subprotocol(websocket: WebSocket) -> None:
        await websocket.accept(subprotocol=BYTES[code])

    @app.websocket("/denial")
    async def in_a_denial(websocket: WebSocket) -> None:
        await websocket.send_denial_response(Response(headers={"x": BYTES[code]}))

    async def run() -> bytes:
        return await Wire(app, ws=ws).talk(OPENING % where.encode())

    answer = asyncio.run(run())

    assert b"evil" not in answer
