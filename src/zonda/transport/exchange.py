"""This module holds one request with its response, and one websocket, as they come through ASGI.

BaseConnection
├── HttpExchange            over scope, receive and send; what any server calls
│   └── NativeExchange      over the wire, in `native.py`
└── WebSocketExchange       always over ASGI
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextvars import Context
from typing import Any

from anyio import CancelScope, create_task_group
from anyio.lowlevel import checkpoint
from starlette.background import BackgroundTask
from starlette.exceptions import HTTPException
from starlette.middleware.body_limit import _RequestBodyLimitResponseSent, _RequestBodyTooLarge
from starlette.requests import ClientDisconnect, Request
from starlette.websockets import WebSocket

from zonda.body_limit import alone, counted_limit, parsed_in_memory, refusal_of_stream
from zonda.runtime.errors import response_not_awaited
from zonda.seams import ExitStack, Head, Message, Receive, Reply, Scope, Send
from zonda.transport.connection import BaseConnection
from zonda.transport.inner import InnerResponse, Run, spawn_on_loop
from zonda.transport.leaving import ClientWatch
from zonda.transport.scopes import OpenScopes, QuickExitStack
from zonda.transport.wire import asgi_headers


class HttpExchange(BaseConnection):
    """One HTTP request and its response, over ASGI messages."""

    max_body_size: int | None = None
    body_size: int
    _outer_tasks: list[BackgroundTask] | None = None
    error: BaseException | None = None
    """What nothing handled."""
    displaced_by: Exception | None = None
    started: bool
    """The head of a response has left."""
    behind_function = False
    finisher: Callable[[BaseException | None], Awaitable[None]] | None = None
    """What `finish` awaits instead, where another task opened things and has to close them."""
    context: Context | None = None
    """The context that the request's task runs in, where Python cannot be asked for it."""

    _reader: Receive | None = None
    _body: bytes | None
    _request: Request | None = None
    _inner: InnerResponse | None = None
    _watch: ClientWatch | None = None

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        super().__init__(scope)
        self.started = False
        self._body = None
        self.body_size = 0
        self.method: str = scope["method"]
        self.wire_receive = receive
        self._send = send

    # What came

    @property
    def verb(self) -> str:
        return self.method

    @property
    def request(self) -> Request:
        request = self._request
        if request is None:
            request = self._request = Request(self.scope, self.receive, self.send)
            if self._body is not None:
                request._body = self._body
        return request

    def reread(self) -> None:
        if self.made_scope is not None:
            self.method = self.made_scope["method"]
            super().reread()

    @property
    def reader(self) -> Receive:
        return self._reader or self._read_wire

    def read_from(self, reader: Receive) -> None:
        """Let the body come from `reader`: a middleware that read some of it gives the rest, or its own."""
        self._reader = reader
        self._request = self._body = None

    async def body(self) -> bytes:
        body = self._body
        if body is None:
            with parsed_in_memory(b""):
                body = await (self._read_body() if self._request is None else self._request.body())
            self._body = body
        return body

    async def _read_body(self) -> bytes:
        chunks = []
        while True:
            message = await self.receive()
            if message["type"] == "http.disconnect":
                raise ClientDisconnect
            chunks.append(message.get("body", b""))
            if not message.get("more_body", False):
                return b"".join(chunks)

    async def receive(self) -> Message:
        self._check_size()
        return await self.reader()

    async def _read_wire(self) -> Message:
        """The next message, counted here so that what a middleware reads counts once."""
        limit = counted_limit.get() if self.max_body_size is None else self.max_body_size
        if limit is not None:
            self._check_declared_size(limit)
        message = await self.wire_receive()
        self.body_size += len(message.get("body", b""))
        if limit is not None and self.body_size > limit:
            raise too_large()
        return message

    def _check_declared_size(self, limit: int) -> None:
        for name, value in self.headers:
            if name == b"content-length" and value.isdigit() and int(value) > limit:
                raise too_large()

    def _check_size(self) -> None:
        if self.max_body_size is not None and self.body_size > self.max_body_size:
            raise too_large()

    # What leaves

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started = True
        await self._send(message)

    async def write(self, reply: Reply) -> None:
        """Send a reply whole. A client that leaves in the meantime is no error: only a stream is cut short."""
        if reply.application is not None:
            await reply.application(self.scope, self.receive, self.send)
        elif reply.stream is not None:
            await self._write_stream(reply.head, reply.stream)
        else:
            await self._start(reply.head, len(reply.body))
            if reply.in_pieces and reply.body:
                await self._send({"type": "http.response.body", "body": reply.body, "more_body": True})
                await self._send({"type": "http.response.body", "body": b"", "more_body": False})
            else:
                await self._send({"type": "http.response.body", "body": reply.body})

    async def _start(self, head: Head, length: int | None) -> None:
        headers = asgi_headers(head, length)
        await self.send({"type": "http.response.start", "status": head.status, "headers": headers})

    async def _write_stream(self, head: Head, stream: AsyncIterator[bytes]) -> None:
        try:
            await self._start(head, None)
        except _RequestBodyLimitResponseSent as refused:
            raise refusal_of_stream(self.scope, refused) from None
        failure: BaseException | None = None
        try:
            async with create_task_group() as group:
                group.start_soon(self._cancel_when_gone, group.cancel_scope)
                try:
                    await self._write_chunks(stream)
                except Exception as error:  # noqa: BLE001  (raised below, outside the group that would wrap it)
                    failure = error
                group.cancel_scope.cancel()
        finally:
            await close_stream(stream)
        if failure is not None:
            raise failure

    async def _write_chunks(self, stream: AsyncIterator[bytes]) -> None:
        async for chunk in stream:
            try:
                await self._send({"type": "http.response.body", "body": chunk, "more_body": True})
            except OSError:  # how servers of ASGI 2.4 say that the client left
                return
            await checkpoint()
        await self._send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _cancel_when_gone(self, writing: CancelScope) -> None:
        while (await self.wire_receive())["type"] != "http.disconnect":
            pass
        writing.cancel()

    async def watch(self, on_leave: Callable[[], None]) -> bool:
        """Call `on_leave` when the client leaves, until `unwatch`. True if it has left by now."""
        self._watch = ClientWatch(self.wire_receive, on_leave)
        self.wire_receive = self._watch.receive
        self.spawn(self._watch.run)
        return False

    async def unwatch(self) -> None:
        if self._watch is not None:
            await self._watch.stop()

    def spawn(self, run: Run, /) -> object:
        """Start a task that may outlive its caller, in this exchange's context."""
        return spawn_on_loop(run, self.context)

    async def materialise(self, reply: Reply) -> Reply:
        """A reply with head and content for one that only an ASGI application can give.

        Everything that has a head is returned as it is.
        """
        if reply.application is None:
            return reply
        inner = self._inner = InnerResponse(self, reply.application)
        return await inner.begin()

    # The end

    @property
    def outer_tasks(self) -> list[BackgroundTask]:
        tasks = self._outer_tasks
        if tasks is None:
            tasks = self._outer_tasks = []
        return tasks

    @property
    def needs_finish(self) -> bool:
        """Something is to be done after the reply."""
        return (
            self.background is not None
            or self._outer_tasks is not None
            or self._open is not None
            or self._inner is not None
            or self.form is not None
            or self.finisher is not None
        )

    def finish(self, error: BaseException | None = None) -> Coroutine[Any, Any, None]:
        if self._outer_tasks is None and self.finisher is None:
            if error is None and self._open is not None and self.background is None and self.displaced_by is None:
                quick = self._quick_scope(self._open)
                if quick is not None:
                    return quick.leave()
            return self.finish_here(error)
        return self._finish_outside(error)

    def _quick_scope(self, scopes: OpenScopes) -> QuickExitStack | None:
        """The request scope, where it is all there is to finish.

        PERF: then nothing stands around its exits, which most requests leave without an error (benchmark
        `dependencies`).
        """
        is_all = self._inner is None and self.form is None and self.displaced_by is None
        quick = scopes.take_quick() if is_all else None
        if quick is not None:
            self._open = None
        return quick

    async def _finish_outside(self, error: BaseException | None) -> None:
        outer_tasks, self._outer_tasks = self._outer_tasks, None
        if outer_tasks is not None:
            try:
                for task in outer_tasks:
                    await task()
            except BaseException as raised:  # noqa: BLE001  (what is open has to see it)
                error = raised
        if self.finisher is not None:
            await self.finisher(error)
        else:
            await self.finish_here(error)

    async def finish_here(self, error: BaseException | None) -> None:
        """`finish` in the task that opened things; for a `finisher` to call there."""
        background, self.background = self.background, None
        error = error or self.displaced_by
        try:
            if self._inner is not None:
                await (self._inner.finish() if self.displaced_by is None else self._inner.stop())
            if error is None and background is not None:
                await background()
        except BaseException as raised:  # noqa: BLE001  (the exits have to see it first)
            error = raised
        if self._open is not None:
            left = await self.close(error)
            error = response_not_awaited() if left is None and error is not None else left
        if self.form is not None:
            await self.form.close()
        if error is None or (self.displaced_by is not None and alone(error) is alone(self.displaced_by)):
            return
        raise error

    async def abandon(self, error: BaseException) -> BaseException:
        """Close everything because `error` left no reply to finish for; return the error that is raised in the end."""
        self.background = self._outer_tasks = None
        if self._inner is not None:
            await self._inner.stop()
        if self.finisher is not None:
            try:
                await self.finisher(error)
            except BaseException as raised:  # noqa: BLE001
                return raised
            return error
        if self._open is not None:
            error = await self.close(error) or response_not_awaited()
        if self.form is not None:
            await self.form.close()
        return error


def too_large() -> HTTPException:
    """The very class that Starlette's own limit raises and catches."""
    return _RequestBodyTooLarge()


async def close_stream(stream: AsyncIterator[bytes]) -> None:
    """Let a stream clean up, whether or not it came to its end, and whoever is being cancelled."""
    aclose = getattr(stream, "aclose", None)
    if aclose is not None:
        with CancelScope(shield=True):
            await aclose()


class WebSocketExchange(BaseConnection):
    """One websocket, over ASGI messages."""

    _websocket: WebSocket | None = None

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        super().__init__(scope)
        self.receive = receive
        self.send = send

    @property
    def websocket(self) -> Any:
        websocket = self._websocket
        if websocket is None:
            websocket = self._websocket = WebSocket(self.scope, self.receive, self.send)
        return websocket

    def request_stack(self) -> ExitStack:
        """Left by the responder itself, which is so the first to see an error."""
        return self._scopes().open_request(self.place)

    async def finish(self, error: BaseException | None = None) -> None:
        """Close the function scope and then the request scope; raise what is raised in the end."""
        left = await self.close(error)
        if left is not None:
            raise left
