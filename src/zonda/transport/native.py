"""This module holds one request as it comes on the wire, and its body while it arrives."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING

from anyio import CancelScope
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect

from zonda.seams import Head, Message, Reply, Scope
from zonda.transport.connection import NO_VALUES
from zonda.transport.exchange import HttpExchange, close_stream, too_large
from zonda.transport.flow import HIGH_WATER
from zonda.transport.wire import Wire, wire_of
from zonda.transport.writer import ResponseWriter, write_whole

if TYPE_CHECKING:
    from zonda.transport.protocol import ZondaProtocol

_SMALL = 4 * 1024
"""Pieces below this size are joined as they come: each by itself costs more memory than what is in it."""


class NativeExchange(HttpExchange):
    """One HTTP request and its response, read from and written to a connection.

    The parser's callbacks call `take` and `end_body`, the connection `disconnect`; all else runs in the request's task.
    """

    has_outer_scopes = False  # the task is the connection's own

    version = "1.1"
    keeps_alive = True
    expects_continue = False
    """The client waits for `100 Continue` before it sends the body."""
    regains_keep_alive = False
    """The connection may be kept once the body has ended; an answer before that is not worth the rest of it."""
    is_complete: bool
    """The body has been received to its end."""
    is_broken = False
    """The bytes of the body made no sense: its end will never come."""
    is_disconnected = False
    """Nothing that is written reaches the client any more."""
    has_left = False
    """The client sends no more and may have left; what is written is sent nevertheless."""
    is_answered: bool
    """The response has left to its end: what still comes of the body is dropped."""
    began: float | None = None
    """When its task started, where somebody observes."""
    is_told = False
    """Observers know of it."""
    refused_with: int | None = None
    """The status of the refusal that was written in the place of a response."""
    received_size: int
    fed_size = 0
    """What came of the body with all that frames it."""
    on_leave: Callable[[], None] | None = None
    """Called when the client leaves, for a route that asked for it."""
    changed: asyncio.Event | None = None
    """Set when the body, the client or the response is not what it was, for who waits for more of the body."""
    writing: CancelScope | None = None
    """Around the loop that writes a stream; cancelled when the client leaves."""

    _chunks: list[bytes] | None
    _waiting_size = 0
    _is_gathering = False
    _is_end_given: bool
    _writer: ResponseWriter | None = None

    def __init__(
        self,
        connection: ZondaProtocol,
        method: str,
        raw_path: bytes | None,
        path: str,
        query_string: bytes,
        headers: list[tuple[bytes, bytes]],
    ) -> None:
        """`raw_path` is None where the path came as it is; `headers` may be shared with other requests."""
        self.connection = connection
        self.app = connection.application
        self.method = method
        self.raw_path = raw_path
        self.path = path
        self.root_path = connection.root_path
        self.query_string = query_string
        self.headers = headers
        self.path_params = NO_VALUES
        self.route = self.found = self._open = self._chunks = self._body = None
        self.started = self.is_complete = self.is_answered = self._is_end_given = False
        self.received_size = self.body_size = 0

    @property
    def header_map(self) -> Headers:
        self._own_headers()
        return super().header_map

    def _own_headers(self) -> None:
        """Stop sharing the fields with other requests: whoever has the scope may change them."""
        if self._header_map is None and self.made_scope is None:
            self.headers = list(self.headers)

    def _make_scope(self) -> Scope:
        connection = self.connection
        client, scheme = connection.origin_of(self)
        self._own_headers()
        return {
            "type": "http",
            "asgi": {"version": connection.config.asgi_version, "spec_version": "2.3"},
            "http_version": self.version,
            "server": connection.server,
            "client": client,
            "scheme": scheme,
            "root_path": self.root_path,
            "headers": self.headers,
            "state": connection.app_state.copy(),
            "method": self.method,
            "path": self.path,
            "raw_path": self.path.encode("ascii") if self.raw_path is None else self.raw_path,
            "query_string": self.query_string,
        }

    # As the connection sees it

    def take(self, chunk: bytes) -> None:
        if self.is_answered:
            return
        size = len(chunk)
        if self._chunks is None:
            self._chunks = [chunk]
        elif len(self._chunks[-1]) + size < _SMALL:
            self._chunks[-1] += chunk
        else:
            self._chunks.append(chunk)
        self.received_size += size
        self._waiting_size += size
        if self._waiting_size > HIGH_WATER and not self._is_gathering:
            self.connection.flow.pause_reading()
        if self.changed is not None:
            self.changed.set()

    def take_whole(self, body: bytes) -> None:
        """The body came together with the head."""
        self._chunks = [body]
        self.received_size = len(body)
        self.is_complete = True

    def end_body(self) -> None:
        self.is_complete = True
        if self.regains_keep_alive:
            self.keeps_alive = True
        if self.changed is not None:
            self.changed.set()

    def give_up_keep_alive(self) -> None:
        self.keeps_alive = self.regains_keep_alive = False

    def break_body(self) -> None:
        self.is_broken = True
        self.give_up_keep_alive()
        if self.changed is not None:
            self.changed.set()

    def disconnect(self) -> None:
        self.is_disconnected = True
        if self.on_leave is not None:
            self.on_leave()
        if self.writing is not None:
            self.writing.cancel()
        if self.changed is not None:
            self.changed.set()

    def note_left(self) -> None:
        """Tell whoever asks that the client may have left."""
        self.has_left = True
        if self.on_leave is not None:
            self.on_leave()
        if self.changed is not None:
            self.changed.set()

    async def watch(self, on_leave: Callable[[], None]) -> bool:
        if self.is_disconnected or self.has_left:
            return True
        self.on_leave = on_leave
        return False

    async def unwatch(self) -> None:
        self.on_leave = None

    # The body

    async def body(self) -> bytes:
        # PERF: most bodies have come with their heads, so that there is nothing to wait for (benchmark `body`).
        if self._body is None and self.is_complete and self._reader is None and self._request is None:
            limit = self.max_body_size
            self._body = self._received_body(self.connection.parsed_body_limit if limit is None else limit)
        return await super().body() if self._body is None else self._body

    @property
    def _body_limit(self) -> int | None:
        """The route's limit or the application's, else the server's."""
        return self.connection.parsed_body_limit if self.max_body_size is None else self.max_body_size

    def _received_body(self, limit: int | None) -> bytes:
        self.body_size = self.received_size
        if limit is not None and self.body_size > limit:
            raise too_large()
        if self._is_end_given:
            return b""
        self._is_end_given = True
        return self._take_waiting()

    async def _read_body(self) -> bytes:
        if self._reader is not None:
            return await super()._read_body()
        limit = self._body_limit
        if limit is not None:
            self._check_declared_size(limit)
        if not self.is_complete:
            self._is_gathering = True
            await self._gather(limit)
            self._is_gathering = False
        return self._received_body(limit)

    async def _gather(self, limit: int | None) -> None:
        self._ask_for_body()
        while not self.is_complete:
            if self.is_disconnected or self.is_broken or self.is_answered:
                raise ClientDisconnect
            if limit is not None and self.received_size > limit:
                raise too_large()
            await self._wait_for_change()

    def _take_waiting(self) -> bytes:
        chunks = self._chunks
        if not chunks:
            return b""
        self._chunks = None
        self._waiting_size = 0
        return chunks[0] if len(chunks) == 1 else b"".join(chunks)

    def _ask_for_body(self) -> None:
        is_gone = self.is_disconnected or self.connection.transport.is_closing()
        if self.expects_continue and not self.started and not is_gone:
            self.expects_continue = False
            self.connection.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        self.connection.flow.resume_reading()

    async def _wait_for_change(self) -> None:
        if self.changed is None:
            self.changed = asyncio.Event()
        self.changed.clear()
        await self.changed.wait()

    async def wire_receive(self) -> Message:
        """`receive` of ASGI, as Uvicorn's: what has come of the body, and `http.disconnect` after its end."""
        if not self.is_complete:
            self._ask_for_body()
        while not (self.is_disconnected or self.is_answered or self.is_broken):
            if self._chunks or (self.is_complete and not self._is_end_given):
                self._is_end_given = self.is_complete
                return {"type": "http.request", "body": self._take_waiting(), "more_body": not self.is_complete}
            if self.has_left and self.is_complete:
                break
            await self._wait_for_change()
        return {"type": "http.disconnect"}

    # The response

    def _begin(self, wire: Wire) -> ResponseWriter:
        writer = self._writer = ResponseWriter(self, wire)
        return writer

    async def _send(self, message: Message) -> None:
        """`send` of ASGI, as Uvicorn's."""
        if self.connection.flow.is_writing_paused and not self.is_disconnected:
            await self.connection.flow.drain()
        if self.is_disconnected:
            return
        kind = message["type"]
        writer = self._writer
        if writer is None and not self.is_answered:
            if kind != "http.response.start":
                raise RuntimeError(f"Expected ASGI message 'http.response.start', but got '{kind}'.")
            self._begin(Wire(message["status"], message.get("headers", ())))
            self.started = True
        elif writer is not None and not self.is_answered:
            if kind != "http.response.body":
                raise RuntimeError(f"Expected ASGI message 'http.response.body', but got '{kind}'.")
            more_body = message.get("more_body", False)
            writer.write(message.get("body", b""), is_last=not more_body)
        else:
            raise RuntimeError(f"Unexpected ASGI message '{kind}' sent, after response already completed.")

    async def send(self, message: Message) -> None:
        await self._send(message)

    async def write(self, reply: Reply) -> None:
        if reply.application is not None:
            await reply.application(self.scope, self.receive, self.send)
        elif reply.stream is not None:
            await self._write_stream(reply.head, reply.stream)
        elif not self.is_disconnected:
            write_whole(self, wire_of(reply.head), reply.body)

    async def _write_stream(self, head: Head, stream: AsyncIterator[bytes]) -> None:
        try:
            wire = wire_of(head)
            self.started = True
            if self.is_disconnected:
                return
            writer = self._begin(wire)
            with CancelScope() as self.writing:
                async for chunk in stream:
                    await self._write_chunk(writer, chunk)
            self.writing = None
            if not self.is_disconnected:
                writer.write(b"", is_last=True)
        finally:
            self.writing = None
            await close_stream(stream)

    async def _write_chunk(self, writer: ResponseWriter, chunk: bytes) -> None:
        writer.write(chunk)
        flow = self.connection.flow
        if flow.is_writing_paused:
            await flow.drain()
        await asyncio.sleep(0)  # a stream that never waits must not keep the others, or the end of its client, waiting
