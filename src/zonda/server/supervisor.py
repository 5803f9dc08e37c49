"""This module keeps the wanted number of workers running, whatever ends them.

    keep_subprocess_alive (twice a second)
      ├─ place by place: dead ──▶ bury, start another after its delay
      │                  spent ──▶ start a successor
      │                  successor serves ──▶ it takes the place, the old worker drains
      ├─ rolling: the next place gets a successor when the last old worker has left
      └─ leaving: workers that drain, for a bounded time

Nothing in it waits, so that workers are looked after and signals are heard all the time.
"""

from __future__ import annotations

import logging
import signal
import socket
import threading
import time
from collections.abc import Sequence
from multiprocessing import get_context

from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors.multiprocess import Multiprocess

from zonda.server.config import Config
from zonda.server.lifecycle import longest_end
from zonda.server.workers import START_PING_SECONDS, Place, Worker

SUCCESSOR_SECONDS = 60.0
"""How long a worker that shall replace one that serves may take to start."""
KILL_SECONDS = 5.0
"""How much longer than its longest end a worker may take."""
ENDING_SIGNALS = frozenset({signal.SIGINT, signal.SIGTERM})

logger = logging.getLogger("uvicorn.error")


class Ending(threading.Event):
    """Set by a handler, or by a signal that waits for its handler."""

    def __init__(self, signals: Sequence[int]) -> None:
        super().__init__()
        self.signals = signals

    def is_set(self) -> bool:
        return super().is_set() or not ENDING_SIGNALS.isdisjoint(self.signals)


class Supervisor(Multiprocess):
    """Uvicorn's supervisor, but a worker that cannot start does not end the ones that serve.

    Only before any worker has served does a failed start end everything: then the application is broken.
    """

    config: Config

    def __init__(self, config: Config, sockets: list[socket.socket]) -> None:
        super().__init__(config, sockets)
        self.should_exit = Ending(self.signal_queue)
        self.places: list[Place] = []
        self.rolling: list[Place] = []
        """Whose workers are still to be replaced because somebody asked for it."""
        self.leaving: dict[Worker, float] = {}
        """Workers that drain, each with the time at which it is killed."""
        self.has_served = False
        self.failed = False
        config.first_failure = get_context("spawn").Lock()

    def new_worker(self) -> Worker:
        worker = Worker(self.config, self.sockets)
        worker.start()
        return worker

    def init_processes(self) -> None:
        for _ in range(self.processes_num):
            self.places.append(Place(self.new_worker()))

    # Twice a second

    def keep_subprocess_alive(self) -> None:
        for place in list(self.places):
            if self.should_exit.is_set():
                return
            self.keep_alive(place)
        self.roll()
        self.watch_leaving()

    def keep_alive(self, place: Place) -> None:
        worker = place.worker
        if place.ended is None:
            if place.is_well(self.config.timeout_worker_healthcheck):
                self.notice_service(place)
            else:
                self.bury(place)
        if self.should_exit.is_set():
            return
        if place.successor is not None:
            self.watch_successor(place, place.successor)
        elif place.ended is None and worker.is_spent:
            logger.info("Worker [%s] has answered its requests and is replaced.", worker.pid)
            place.begin_succession(self.new_worker())
        elif place.is_due(time.monotonic()):
            place.take(self.new_worker())

    def notice_service(self, place: Place) -> None:
        if not place.serves and place.worker.is_ready(START_PING_SECONDS):
            self.has_served = place.serves = True
            self.config.first_failure = None  # from now on, each failure is news
            logger.info("Worker [%s] serves.", place.worker.pid)

    def bury(self, place: Place) -> None:
        """Take note of a worker that ended, or end one that no longer answers."""
        worker = place.worker
        end(worker)
        if worker.exitcode == STARTUP_FAILURE and not self.has_served:
            logger.error("Worker [%s] could not start, and none has served: giving up.", worker.pid)
            self.should_exit.set()
            self.failed = True
            return
        place.end(time.monotonic())
        logger.error(
            "Worker [%s] ended with status %s; its replacement starts in %.1f s.",
            worker.pid,
            worker.exitcode,
            place.delay,
        )

    # Replacing a worker that serves

    def watch_successor(self, place: Place, successor: Worker) -> None:
        if successor.is_alive(timeout=1) and successor.is_ready(timeout=1):
            logger.info("Worker [%s] serves.", successor.pid)
            if place.ended is None:
                self.dismiss(place.worker)
            place.give_up_successor()
            place.take(successor, serves=True)
        elif not successor.process.is_alive() or time.monotonic() - place.successor_started > SUCCESSOR_SECONDS:
            self.give_up_successor(place, successor)

    def give_up_successor(self, place: Place, successor: Worker) -> None:
        end(successor)
        place.give_up_successor()
        if place.worker.is_spent:
            return  # the next look starts another
        self.rolling.clear()
        logger.error("Worker [%s] did not come to serve; worker [%s] stays.", successor.pid, place.worker.pid)

    def restart_all(self) -> None:
        """Replace each worker by a new one that serves already, one after the other."""
        self.rolling = list(self.places)

    def roll(self) -> None:
        if self.rolling and not self.leaving and all(place.successor is None for place in self.places):
            place = self.rolling.pop(0)
            if place in self.places and place.ended is None:
                place.begin_succession(self.new_worker())

    def dismiss(self, worker: Worker) -> None:
        """Let a worker come to its end while the others are looked after."""
        worker.terminate()
        self.leaving[worker] = self.last_moment()

    def last_moment(self) -> float:
        longest = longest_end(self.config)
        return float("inf") if longest is None else time.monotonic() + longest + KILL_SECONDS

    def watch_leaving(self) -> None:
        for worker, last_moment in list(self.leaving.items()):
            if worker.process.is_alive() and time.monotonic() < last_moment:
                continue
            self.join_until(worker, last_moment)
            del self.leaving[worker]

    # Ending

    def terminate_all(self) -> None:
        # A new connection would wait in vain for somebody who takes it.
        for listener in self.sockets:
            listener.close()
        for place in self.places:
            for worker in place.alive():
                self.dismiss(worker)

    def join_all(self) -> None:
        for worker, last_moment in self.leaving.items():
            self.join_until(worker, last_moment)

    def join_until(self, worker: Worker, last_moment: float) -> None:
        left = max(0.0, last_moment - time.monotonic())
        worker.process.join(None if left == float("inf") else left)
        if worker.process.is_alive():
            logger.error("Worker [%s] did not end in time and is killed.", worker.pid)
            end(worker)

    # Signals

    def handle_ttin(self) -> None:
        logger.info("Received SIGTTIN, adding a worker.")
        self.processes_num += 1
        self.places.append(Place(self.new_worker()))

    def handle_ttou(self) -> None:
        if self.processes_num > 1:
            logger.info("Received SIGTTOU, ending a worker.")
            self.processes_num -= 1
            for worker in self.places.pop().alive():
                self.dismiss(worker)


def end(worker: Worker) -> None:
    worker.kill()
    worker.join()
