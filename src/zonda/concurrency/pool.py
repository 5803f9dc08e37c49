"""This module holds the worker threads of an event loop.

    loop thread                          worker threads
    ───────────                          ──────────────
    submit ──▶ calls ──────────────────▶ take a call; if there are more, wake another thread; run it
    drain  ◀── finished ◀─────────────── append the outcome; the first since the last drain wakes the loop

Under load one wake-up serves many calls, in both directions: a thread is woken when the loop has read what came in at
once, and only one is being woken at any time. While calls are short it finds nothing left to do; as soon as one waits,
the thread that was woken goes on with the rest. All counting happens on the loop's thread, so nothing is locked.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import AsyncGenerator, Callable
from contextlib import suppress
from contextvars import Context, copy_context
from queue import Empty, SimpleQueue
from typing import Any

from anyio.to_thread import current_default_thread_limiter

from zonda.concurrency.anyio_threads import as_worker_thread, forget_library, run_under

IDLE_SECONDS = 10.0
"""How long a thread that is not needed stays."""
_LOOK_SECONDS = 5.0
"""How often a waiting thread looks whether its loop or the process ended without telling it."""


class Call:
    """One call in a worker thread, on its way there and back."""

    __slots__ = ("cancel_scope", "context", "error", "function", "future", "is_done", "value")

    def __init__(self, function: Callable[[], Any], cancel_scope: Any, future: asyncio.Future[None]) -> None:
        self.function = function
        self.cancel_scope = cancel_scope
        self.context: Context = copy_context()
        self.future = future
        self.is_done = False
        self.value: Any = None
        self.error: BaseException | None = None

    def run(self) -> None:
        try:
            self.value = run_under(self.cancel_scope, self.context, self.function)
        except StopIteration as error:
            self.error = RuntimeError("coroutine raised StopIteration")
            self.error.__cause__ = error
        except BaseException as error:  # noqa: BLE001  (raised in the task that waits)
            self.error = error

    def outcome(self) -> Any:
        error = self.error
        if error is None:
            return self.value
        try:
            raise error
        finally:  # the traceback leads here: break the cycle
            self.error = error = None


class WorkerPool:
    """The threads that work for one event loop. `threadpool.py` has the functions that people call."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.limiter = current_default_thread_limiter()
        """Anyio's own, so that its `total_tokens` sizes this pool and its `borrowed_tokens` counts these calls."""
        self.threads = 0
        self.waiting = 0
        """Calls that wait for a token."""
        self._in_flight = 0
        self._most_in_flight = 0
        self._calls: deque[Call] = deque()
        self._wakes: SimpleQueue[bool] = SimpleQueue()
        """True: look for calls. False: end."""
        self._is_waking = False
        """A thread was told to look for calls and has not begun to."""
        self._finished: deque[Call] = deque()
        self._is_woken = False
        self._idle_timer: asyncio.TimerHandle | None = None
        self._end_of_loop = self._stop_with_loop()
        _start(self._end_of_loop)

    def submit(self, function: Callable[[], Any], cancel_scope: Any) -> Call:
        """Let a thread run `function`; the future of the call is done when the thread is."""
        call = Call(function, cancel_scope, self.loop.create_future())
        forget_library(call.context)
        self._in_flight += 1
        if self._in_flight > self._most_in_flight:
            self._most_in_flight = self._in_flight
        if self._in_flight > self.threads:
            self._start_thread()
        self._calls.append(call)
        if not self._is_waking:
            self._is_waking = True
            self.loop.call_soon(self._wakes.put, True)
        return call

    def _start_thread(self) -> None:
        threading.Thread(target=self._work, name="Zonda worker thread").start()
        self.threads += 1
        if self._idle_timer is None:
            self._idle_timer = self.loop.call_later(IDLE_SECONDS, self._end_idle_threads)

    # In the worker threads

    def _work(self) -> None:
        with as_worker_thread(self.loop):
            while self._is_needed():
                self._is_waking = False
                with suppress(IndexError, RuntimeError):  # no more calls; the loop is closed and nobody waits
                    while True:
                        self._run_next()

    def _run_next(self) -> None:
        call = self._calls.popleft()
        if self._calls and not self._is_waking:
            self._is_waking = True
            self._wakes.put(True)
        call.run()
        self._finished.append(call)
        if not self._is_woken:
            self._is_woken = True
            self.loop.call_soon_threadsafe(self._drain)

    def _is_needed(self) -> bool:
        """Wait until there may be a call; False when the thread is to end."""
        while True:
            try:
                return self._wakes.get(timeout=_LOOK_SECONDS)
            except Empty:
                if self.loop.is_closed() or not threading.main_thread().is_alive():
                    return False

    # On the loop

    def _drain(self) -> None:
        self._is_woken = False
        finished = self._finished
        while finished:
            call = finished.popleft()
            self._in_flight -= 1
            call.is_done = True
            if not call.future.done():
                call.future.set_result(None)

    def _end_idle_threads(self) -> None:
        """End as many threads as were never needed since the last time."""
        for _ in range(self.threads - self._most_in_flight):
            self._wakes.put(False)
        self.threads = min(self.threads, self._most_in_flight)
        self._most_in_flight = self._in_flight
        self._idle_timer = self.loop.call_later(IDLE_SECONDS, self._end_idle_threads) if self.threads else None

    async def _stop_with_loop(self) -> AsyncGenerator[None]:
        """An event loop closes its async generators before it ends: the one public sign of its end."""
        try:
            yield
        finally:
            self._stop()

    def _stop(self) -> None:
        if self._idle_timer is not None:
            self._idle_timer.cancel()
            self._idle_timer = None
        for _ in range(self.threads):
            self._wakes.put(False)
        self.threads = 0
        if getattr(_local, "pool", None) is self:
            del _local.pool


def _start(generator: AsyncGenerator[None]) -> None:
    with suppress(StopIteration):
        generator.__anext__().__await__().send(None)


_local = threading.local()


def current_pool() -> WorkerPool:
    """The pool of the running event loop; raises RuntimeError where no asyncio loop runs."""
    loop = asyncio.get_running_loop()
    pool: WorkerPool | None = getattr(_local, "pool", None)
    if pool is None or pool.loop is not loop:
        pool = _local.pool = WorkerPool(loop)
    return pool
