"""This module keeps the wanted number of workers running, whatever ends them."""

from __future__ import annotations

import logging
import socket
import time
from dataclasses import dataclass, field
from functools import cached_property
from multiprocessing import get_context

from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors.multiprocess import Multiprocess
from uvicorn.supervisors.multiprocess import Process as UvicornProcess

from zonda.server.config import Config
from zonda.server.lifecycle import Server

STEADY_SECONDS = 10.0
"""A worker that lived this long is replaced at once."""
FIRST_DELAY = 0.5
LONGEST_DELAY = 30.0

logger = logging.getLogger("uvicorn.error")


class Worker(UvicornProcess):
    """One process with a server."""

    @cached_property
    def server(self) -> Server:
        return Server(self.config)


@dataclass
class Place:
    """One of the wanted workers, over all processes that were it."""

    started: float = field(default_factory=time.monotonic)
    delay: float = 0.0
    """How long the replacement waits; doubled each time a worker dies soon after its start."""
    ended: float | None = None
    serves: bool = False

    def end(self, now: float) -> None:
        self.ended = now
        soon = now - self.started < STEADY_SECONDS
        self.delay = min(max(self.delay * 2, FIRST_DELAY), LONGEST_DELAY) if soon else 0.0

    def is_due(self, now: float) -> bool:
        return self.ended is not None and now - self.ended >= self.delay

    def start(self, now: float) -> None:
        self.started, self.ended, self.serves = now, None, False


class Supervisor(Multiprocess):
    """Uvicorn's supervisor, but a worker that cannot start does not end the ones that serve.

    Only before any worker has served does a failed start end everything: then the application is broken.
    """

    config: Config

    def __init__(self, config: Config, sockets: list[socket.socket]) -> None:
        super().__init__(config, sockets)
        self.places: list[Place] = []
        self.has_served = False
        self.failed = False
        config.first_failure = get_context("spawn").Lock()

    def new_worker(self) -> Worker:
        worker = Worker(self.config, self.sockets)
        worker.start()
        return worker

    def init_processes(self) -> None:
        for _ in range(self.processes_num):
            self.add_worker()

    def add_worker(self) -> None:
        self.processes.append(self.new_worker())
        self.places.append(Place())

    def keep_subprocess_alive(self) -> None:
        for index, process in enumerate(self.processes):
            if self.should_exit.is_set():
                return
            self.keep_alive(index, process)

    def keep_alive(self, index: int, process: UvicornProcess) -> None:
        place = self.places[index]
        if place.ended is None:
            if process.is_alive(timeout=self.config.timeout_worker_healthcheck):
                self.notice_service(process, place)
                return
            self.bury(process, place)
        if not self.should_exit.is_set() and place.is_due(time.monotonic()):
            self.processes[index] = self.new_worker()
            place.start(time.monotonic())

    def notice_service(self, process: UvicornProcess, place: Place) -> None:
        if not place.serves and process.is_ready(timeout=1):
            self.has_served = place.serves = True
            self.config.first_failure = None  # from now on, each failure is news
            logger.info("Worker [%s] serves.", process.pid)

    def bury(self, process: UvicornProcess, place: Place) -> None:
        """Take note of a worker that ended, or end one that no longer answers."""
        process.kill()
        process.join()
        if process.exitcode == STARTUP_FAILURE and not self.has_served:
            logger.error("Worker [%s] could not start, and none has served: giving up.", process.pid)
            self.should_exit.set()
            self.failed = True
            return
        place.end(time.monotonic())
        logger.error(
            "Worker [%s] ended with status %s; its replacement starts in %.1f s.",
            process.pid,
            process.exitcode,
            place.delay,
        )

    def terminate_all(self) -> None:
        for process, place in zip(self.processes, self.places, strict=True):
            if place.ended is None:
                process.terminate()

    def join_all(self) -> None:
        for process, place in zip(self.processes, self.places, strict=True):
            if place.ended is None:
                process.join()

    def restart_all(self) -> None:
        """Replace each worker by a new one that serves already."""
        for index, old in enumerate(self.processes):
            if self.should_exit.is_set():
                return
            new = self.new_worker()
            if not new.wait_until_ready(self.config.timeout_worker_healthcheck, self.should_exit):
                new.kill()
                new.join()
                logger.error("Worker [%s] was not ready in time; worker [%s] stays.", new.pid, old.pid)
                return
            if self.places[index].ended is None:
                old.terminate()
                old.join()
            self.processes[index] = new
            self.places[index] = Place(serves=True)
            logger.info("Worker [%s] serves.", new.pid)

    def handle_ttin(self) -> None:
        logger.info("Received SIGTTIN, adding a worker.")
        self.processes_num += 1
        self.add_worker()

    def handle_ttou(self) -> None:
        if self.processes_num > 1:
            logger.info("Received SIGTTOU, ending a worker.")
            self.processes_num -= 1
            process, place = self.processes.pop(), self.places.pop()
            if place.ended is None:
                process.terminate()
                process.join()
