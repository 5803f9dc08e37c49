"""This module holds the places where the test client lets an application run."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from typing import Any, Protocol, TypeVar

from anyio.from_thread import BlockingPortal

Result = TypeVar("Result")
Call = Callable[[], Coroutine[Any, Any, Result]]


class Stage(Protocol):
    """An event loop, seen from the thread of the test."""

    def run(self, call: Call[Result], /) -> Result:
        """Await a call in the loop, with a copy of this thread's context, and give its result."""

    def go_on(self) -> None:
        """Let the loop run by itself from now on: an application that streams works while the test does."""

    def close(self) -> None: ...


class OwnLoop:
    """A new event loop for one request, in the thread that asks.

    Like the one that Starlette's client starts a thread for, it ends with the request, and with it all of its tasks.
    """

    def __init__(self) -> None:
        self._runner = asyncio.Runner(loop_factory=asyncio.new_event_loop)
        self._loop = self._runner.get_loop()
        self._thread: threading.Thread | None = None

    def run(self, call: Call[Result], /) -> Result:
        if self._thread is None:
            return self._loop.run_until_complete(call())
        return asyncio.run_coroutine_threadsafe(call(), self._loop).result()

    def go_on(self) -> None:
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def close(self) -> None:
        if self._thread is not None:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
        self._runner.close()


class Portal:
    """The event loop of a client that is used with `with`: it runs in a thread until the client is left."""

    def __init__(self, portal: BlockingPortal) -> None:
        self.portal = portal
        self._loop = portal.call(asyncio.get_running_loop)

    def run(self, call: Call[Result], /) -> Result:
        return asyncio.run_coroutine_threadsafe(call(), self._loop).result()

    def go_on(self) -> None: ...

    def close(self) -> None: ...


def is_in_event_loop() -> bool:
    """Whether this thread runs an event loop, so that it cannot run another."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
