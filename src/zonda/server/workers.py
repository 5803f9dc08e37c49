"""This module is one worker process, and the place that worker after worker takes."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from uvicorn.supervisors.multiprocess import Process

from zonda.server.lifecycle import Server

START_SECONDS = 60.0
"""How long a worker that does not serve yet may say nothing: what it imports may leave its other threads no time."""
START_PING_SECONDS = 0.1
STEADY_SECONDS = 10.0
"""A worker that lived this long is replaced at once."""
FIRST_DELAY = 0.5
LONGEST_DELAY = 30.0


class Worker(Process):
    """One process with a server, which also says when it has answered as many requests as it should."""

    is_spent = False

    @cached_property
    def server(self) -> Server:
        return Server(self.config)

    def pong(self) -> None:
        self.child_conn.recv()
        self.child_conn.send((self.server.started, self.server.is_spent))

    def _healthcheck(self, timeout: float) -> bool | None:
        answer: Any = super()._healthcheck(timeout)
        if answer is None:
            return None
        while self.parent_conn.poll():  # an answer to an earlier question came late
            answer = self.parent_conn.recv()
        has_started, self.is_spent = answer
        return bool(has_started)


@dataclass
class Place:
    """One of the wanted workers, over all processes that were it."""

    worker: Worker
    started: float = field(default_factory=time.monotonic)
    serves: bool = False
    heard: float = field(default_factory=time.monotonic)
    """When the worker last answered a question, or else when it was started."""
    ended: float | None = None
    delay: float = 0.0
    """How long the replacement waits; doubled each time a worker dies soon after its start."""
    successor: Worker | None = None
    """Starts beside the worker, which goes on until this one serves."""
    successor_started: float = 0.0

    def is_well(self, timeout: float) -> bool:
        """False if the worker has ended, or if it serves and does not answer in time.

        One that is on its way to serve has longer, and is not waited for.
        """
        if self.worker.is_alive(timeout if self.serves else START_PING_SECONDS):
            self.heard = time.monotonic()
            return True
        return not self.serves and self.worker.process.is_alive() and time.monotonic() - self.heard < START_SECONDS

    def end(self, now: float) -> None:
        self.ended = now
        self._put_off(now - self.started < STEADY_SECONDS)

    def _put_off(self, is_soon: bool) -> None:
        self.delay = min(max(self.delay * 2, FIRST_DELAY), LONGEST_DELAY) if is_soon else 0.0

    def is_due(self, now: float) -> bool:
        return self.ended is not None and now - self.ended >= self.delay

    def take(self, worker: Worker, *, serves: bool = False) -> None:
        self.worker, self.ended, self.serves = worker, None, serves
        self.started = self.heard = time.monotonic()

    def begin_succession(self, successor: Worker) -> None:
        self.successor, self.successor_started = successor, time.monotonic()

    def give_up_successor(self) -> None:
        self.successor = None

    def alive(self) -> list[Worker]:
        """The processes of this place that have to be ended."""
        workers = [self.worker] if self.ended is None else []
        return workers if self.successor is None else [*workers, self.successor]
