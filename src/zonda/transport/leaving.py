"""This module notices that a client leaves while its request is worked on.

Under ASGI only `receive` tells, and what else it gives belongs to the endpoint. So it is read ahead, as far as a little
memory reaches, and handed on in order. On the native path the connection tells by itself.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from anyio import CancelScope, Event
from starlette.requests import ClientDisconnect

from zonda.seams import Message, Receive

_READ_AHEAD = 64 * 1024
"""Bytes of a body that nobody asked for yet. Behind more than that, it is not seen that a client leaves."""


class ClientLeft(ClientDisconnect):
    """The client has left, and its route asked to be cancelled then: nothing is answered, and nothing went wrong."""


class ClientWatch:
    """`receive`, read ahead by a task of its own (`run`) until `stop`."""

    def __init__(self, receive: Receive, on_leave: Callable[[], None]) -> None:
        self._receive = receive
        self._on_leave = on_leave
        self._scope = CancelScope()
        self._messages: deque[Message] = deque()
        self._size = 0
        self._changed = Event()
        self._is_over = False
        self._error: Exception | None = None

    async def run(self) -> None:
        try:
            with self._scope:
                await self._read_ahead()
        except Exception as error:  # noqa: BLE001  (raised where the endpoint receives)
            self._error = error
        finally:
            self._is_over = True
            self._notify()

    async def stop(self) -> None:
        """Read no further ahead; what was read is still there."""
        self._scope.cancel()
        with CancelScope(shield=True):
            while not self._is_over:
                await self._changed.wait()

    async def receive(self) -> Message:
        while not self._messages:
            if self._error is not None:
                raise self._error
            if self._is_over:
                return await self._receive()
            await self._changed.wait()
        message = self._messages[0]
        if message["type"] != "http.disconnect":
            self._messages.popleft()
            self._size -= len(message.get("body", b""))
            self._notify()
        return message

    async def _read_ahead(self) -> None:
        while True:
            message = await self._receive()
            self._messages.append(message)
            self._size += len(message.get("body", b""))
            self._notify()
            if message["type"] == "http.disconnect":
                self._on_leave()
                return
            while self._size > _READ_AHEAD and message.get("more_body", False):
                await self._changed.wait()

    def _notify(self) -> None:
        self._changed.set()
        self._changed = Event()
