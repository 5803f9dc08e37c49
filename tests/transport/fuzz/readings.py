"""This module reads one stream of bytes in three ways: on the native path, on the ASGI path, and with h11."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

import h11
import uvicorn
from starlette.requests import ClientDisconnect
from uvicorn.server import ServerState

from zonda.seams import Reply
from zonda.transport.protocol import ZondaProtocol

from ..pipelines import NativeApp, asgi, text
from ..wires import MemoryTransport, statuses


@dataclass(frozen=True)
class Request:
    """One request as a reader understood it."""

    method: bytes
    target: bytes
    fields: tuple[tuple[bytes, bytes], ...]
    body: bytes


@dataclass(frozen=True)
class Reading:
    requests: tuple[Request, ...]
    statuses: tuple[int, ...] = ()
    is_closed: bool = False


class Reader:
    """Our protocol on one of its paths, one connection for each stream."""

    def __init__(self, *, is_native: bool) -> None:
        self.seen: list[Request] = []
        app: Any = NativeApp(self.respond) if is_native else asgi(self.respond)
        self.config = uvicorn.Config(app, log_config=None, lifespan="off", server_header=False, date_header=False)
        self.config.load()
        self.state = ServerState()

    async def respond(self, exchange: Any) -> Reply:
        try:
            body = await exchange.body()
        except ClientDisconnect:
            return text("", 400)
        scope = exchange.scope
        query = scope["query_string"]
        target = scope["raw_path"] + (b"?" + query if query else b"")
        self.seen.append(Request(exchange.method.encode(), target, tuple(exchange.headers), body))
        return text("")

    async def read(self, pieces: list[bytes]) -> Reading:
        self.seen.clear()
        loop = asyncio.get_running_loop()
        transport = MemoryTransport(loop, ("127.0.0.1", 5000))
        protocol = ZondaProtocol(config=self.config, server_state=self.state, app_state={}, _loop=loop)
        transport.protocol = protocol
        protocol.connection_made(transport)
        for piece in pieces:
            if not transport.is_closed:
                protocol.data_received(piece)
        quiet = 0
        while quiet < 5:
            written = len(transport.writes)
            for _ in range(4):
                await asyncio.sleep(0)
            quiet = quiet + 1 if written == len(transport.writes) and not protocol.waiting else 0
        answered = tuple(status for status in statuses(bytes(transport.written)) if status != 100)
        reading = Reading(tuple(self.seen), answered, transport.is_closed)
        if not transport.is_closed:
            transport.is_closed = True
            protocol.connection_lost(None)
            for task in list(self.state.tasks):
                await task
        return reading


def read_with_h11(data: bytes, *, skips_empty_line: bool = False) -> Reading:
    """The requests that h11 reads before it finds something wrong, or needs more."""
    connection = _h11_connection(data, skips_empty_line)
    requests: list[Request] = []
    head: Any = None
    body = b""
    try:
        while True:
            event = connection.next_event()
            if isinstance(event, h11.Request):
                head, body = event, b""
            elif isinstance(event, h11.Data):
                body += bytes(event.data)
            elif isinstance(event, h11.EndOfMessage):
                fields = tuple((bytes(name), bytes(value)) for name, value in head.headers)
                requests.append(Request(bytes(head.method), bytes(head.target), fields, body))
                connection.send(h11.Response(status_code=200, headers=[("content-length", "0")]))
                connection.send(h11.EndOfMessage())
                if connection.our_state is not h11.DONE:
                    break
                rest, _ = connection.trailing_data
                connection = _h11_connection(rest, skips_empty_line)
            else:
                break
    except h11.ProtocolError:
        pass
    return Reading(tuple(requests))


def _h11_connection(data: bytes, skips_empty_line: bool) -> h11.Connection:
    connection = h11.Connection(h11.SERVER, max_incomplete_event_size=1_000_000)
    connection.receive_data(data.removeprefix(b"\r\n") if skips_empty_line else data)
    return connection


def normal(request: Request) -> Request:
    """h11 leaves absolute targets as they are; with them the authority replaces Host (RFC 9112, section 3.2.2)."""
    target, fields = request.target, request.fields
    scheme, found, rest = target.partition(b"://")
    if found and scheme.lower() in (b"http", b"https"):
        before_query, mark, query = rest.partition(b"?")
        authority, slash, path = before_query.partition(b"/")
        target = (slash + path or b"/") + (mark + query if query else b"")
        fields = tuple((name, authority if name == b"host" else value) for name, value in fields)
        if all(name != b"host" for name, _ in fields):
            fields = ((b"host", authority), *fields)
    elif target.endswith(b"?") and target.count(b"?") == 1:
        target = target[:-1]  # an empty query and none are one in ASGI
    return Request(request.method, target, fields, request.body)


def with_lower_codings(request: Request) -> Request:
    """h11 gives the names of transfer codings, which are case-insensitive (RFC 9112, section 7), in lower case."""
    fields = tuple((name, value.lower() if name == b"transfer-encoding" else value) for name, value in request.fields)
    return Request(request.method, request.target, fields, request.body)
