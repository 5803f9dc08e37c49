"""This module is the application's side of one request of the test client: receive, send, and who waits for whom."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from anyio import CancelScope
from starlette.types import ASGIApp, Message, Scope


class Conversation:
    """One call of an application. All methods that wait run in the application's event loop.

    A piece of a stream is taken by the client before `send` returns, so that an endless stream does not run ahead;
    a body in one piece is not waited for.
    """

    def __init__(self, app: ASGIApp, scope: Scope, read_body: Callable[[], bytes]) -> None:
        self.start: Message | None = None
        self.debug: dict[str, Any] | None = None
        self.trailers: list[tuple[bytes, bytes]] = []
        self.expects_trailers = False
        self._app = app
        self._scope = scope
        self._read_body: Callable[[], bytes] | None = read_body
        self._pieces: list[bytes] = []
        self._body_ended = False
        self._task: asyncio.Task[None] | None = None

    async def begin(self) -> None:
        """Call the application and wait until it has started to answer, or has ended."""
        self._cancel_scope = CancelScope()
        self._complete = asyncio.Event()
        self._changed = asyncio.Event()
        """Something was sent, or the application has ended."""
        self._taken = asyncio.Event()
        self._task = asyncio.create_task(self._run())
        await self._changed.wait()

    @property
    def has_ended(self) -> bool:
        return self._task is not None and self._task.done()

    @property
    def error(self) -> BaseException | None:
        """What the ended application raised."""
        if self._task is None or self._task.cancelled():
            return None
        return self._task.exception()

    def take_pieces(self) -> list[bytes]:
        """What was sent of the body and not yet taken; of an application that waits for it only `next_pieces`."""
        pieces, self._pieces = self._pieces, []
        return pieces

    async def next_pieces(self) -> list[bytes] | None:
        """What was sent of the body, waiting for it; None when the application has ended and all was taken."""
        while not self._pieces:
            if self.has_ended:
                return None
            self._changed.clear()
            await self._changed.wait()
        pieces = self.take_pieces()
        self._taken.set()
        return pieces

    async def leave(self) -> None:
        """Wait until the application has ended; one that has not answered completely is cancelled: its client left."""
        if self._task is not None:
            if not self._complete.is_set():
                self._cancel_scope.cancel()
            await asyncio.wait([self._task])

    async def cancel(self) -> None:
        """Cancel the application, whatever it does, and wait until it has ended."""
        if self._task is not None:
            self._cancel_scope.cancel()
            await asyncio.wait([self._task])

    async def _run(self) -> None:
        try:
            with self._cancel_scope:
                await self._app(self._scope, self._receive, self._send)
        finally:
            # Seen after this task is done: whoever waits runs in the next turn of the loop.
            asyncio.get_running_loop().call_soon(self._changed.set)

    async def _receive(self) -> Message:
        if self._read_body is None:
            await self._complete.wait()
            return {"type": "http.disconnect"}
        read, self._read_body = self._read_body, None
        return {"type": "http.request", "body": read()}

    async def _send(self, message: Message) -> None:
        kind = message["type"]
        if kind == "http.response.start":
            self._take_start(message)
        elif kind == "http.response.body":
            await self._take_body(message)
        elif kind == "http.response.trailers":
            self._take_trailers(message)
        elif kind == "http.response.debug":
            self.debug = message["info"]

    def _take_start(self, message: Message) -> None:
        if self.start is not None:
            raise AssertionError('Received multiple "http.response.start" messages.')
        self.start = message
        self.expects_trailers = message.get("trailers", False)
        self._changed.set()

    async def _take_body(self, message: Message) -> None:
        if self.start is None:
            raise AssertionError('Received "http.response.body" without "http.response.start".')
        if self._complete.is_set():
            raise AssertionError('Received "http.response.body" after response completed.')
        if self._body_ended:
            raise AssertionError('Received "http.response.body" after body completed.')
        self._pieces.append(bytes(message.get("body", b"")))
        self._changed.set()
        if message.get("more_body", False):
            self._taken.clear()
            await self._taken.wait()
            return
        self._body_ended = True
        if not self.expects_trailers:
            self._complete.set()

    def _take_trailers(self, message: Message) -> None:
        if not self.expects_trailers:
            raise AssertionError('Received "http.response.trailers" without declaring trailers.')
        if not self._body_ended:
            raise AssertionError('Received "http.response.trailers" before body completed.')
        if self._complete.is_set():
            raise AssertionError('Received "http.response.trailers" after response completed.')
        self.trailers.extend(message.get("headers", []))
        if not message.get("more_trailers", False):
            self._complete.set()
