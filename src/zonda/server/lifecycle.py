"""This module is Uvicorn's server with an orderly end: cancelled work is waited for before the lifespan ends."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import sys
from contextlib import suppress
from typing import Any, cast

import uvicorn
from uvicorn.lifespan.off import LifespanOff
from uvicorn.lifespan.on import LifespanOn

from zonda.applications import Zonda
from zonda.inspection import findings
from zonda.server.accepting import Listener
from zonda.server.draining import end_streams
from zonda.server.tls_times import listening_with, tls_times
from zonda.startup.warming import compile_when_idle
from zonda.transport.proxy import unwrap

CLEANUP_SECONDS = 5.0
"""How long cancelled tasks may take to clean up."""
LIFESPAN_SECONDS = 5.0
"""How long the lifespan may take after that; if requests and clean-up took less than they may, it has the rest, too."""

logger = logging.getLogger("uvicorn.error")


def longest_end(config: uvicorn.Config) -> float | None:
    """Seconds from the signal to the end of the process; None if requests may take for ever."""
    graceful = config.timeout_graceful_shutdown
    return None if graceful is None else graceful + CLEANUP_SECONDS + LIFESPAN_SECONDS


class Server(uvicorn.Server):
    warming: asyncio.Task[None] | None = None
    is_spent = False
    """It has answered `limit_max_requests` and serves on until its supervisor has another worker."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.duplicates: list[socket.socket] = []
        """Of sockets that the event loop made, to listen in its place."""

    async def on_tick(self, counter: int) -> bool:
        is_over = await super().on_tick(counter)
        if is_over and not self.should_exit and self.config.workers > 1:
            self.limit_max_requests = None
            self.is_spent = True
            return False
        return is_over

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        if sockets and self.config.workers > 1 and sys.platform != "win32":
            await super().startup([])
            self.share(sockets)
        else:
            with listening_with(tls_times(self.config), self.config.ssl):
                await super().startup(sockets)
            if accepts_badly(asyncio.get_running_loop()):
                self.take_over(self.servers)
        app, _ = unwrap(self.config.loaded_app)
        if self.should_exit or not isinstance(app, Zonda):
            return
        if self.config.workers == 1 and (address := self.documentation(app)):
            logger.info("Documentation at %s", address)
        if os.environ.get("FASTAPI_ENV") == "development":
            for finding in findings(app):
                logger.warning("%s", finding)
        else:
            app.native_pipeline()  # builds the stack if no lifespan did
            self.warming = asyncio.create_task(compile_when_idle(app.built_stack()))

    def share(self, sockets: list[socket.socket]) -> None:
        """Listen where others do as well, one connection at a time."""
        config = self.config

        def create_protocol() -> asyncio.Protocol:
            protocol: Any = config.http_protocol_class
            made: asyncio.Protocol = protocol(
                config=config, server_state=self.server_state, app_state=self.lifespan.state
            )
            return made

        self.servers: list[Any] = [
            Listener(sock, create_protocol, ssl=config.ssl, backlog=config.backlog, **tls_times(config))
            for sock in sockets
        ]

    def take_over(self, servers: list[Any]) -> None:
        """Listen in the place of the event loop's own servers, which still close their sockets."""
        loop = asyncio.get_running_loop()
        for sock in [sock for server in servers for sock in server.sockets]:
            loop.remove_reader(sock.fileno())
            self.duplicates.append(sock.dup())
        self.share(self.duplicates)
        self.servers += servers

    def documentation(self, app: Zonda) -> str | None:
        """Where a browser on this machine finds the pages of the documentation."""
        config = self.config
        page = app.docs_url or app.redoc_url or app.scalar_url
        if config.uds or config.fd is not None or not (app.openapi_url and page):
            return None
        port = self.servers[0].sockets[0].getsockname()[1]
        host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(config.host, config.host)
        if ":" in host and not host.startswith("["):
            host = f"[{host}]"
        return f"{'https' if config.is_ssl else 'http'}://{host}:{port}{page}"

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # Uvicorn ends the lifespan as soon as it has cancelled what was still running; the pool that a dependency
        # returns its connection to would be closed before it does.
        if self.warming is not None:
            self.warming.cancel()
        tasks = self.server_state.tasks
        self.lifespan = cast("LifespanOn", EndsAfter(self.lifespan, tasks, longest_end(self.config)))
        logger.addFilter(is_no_cancellation)
        draining = asyncio.create_task(end_streams(self.server_state.connections, lambda: self.force_exit))
        try:
            await super().shutdown([*(sockets or ()), *self.duplicates])
            if self.force_exit:
                await self.end_by_force(tasks)
        finally:
            draining.cancel()
            logger.removeFilter(is_no_cancellation)

    async def end_by_force(self, tasks: set[asyncio.Task[None]]) -> None:
        """What Uvicorn leaves to the end of the loop at a second Ctrl+C: give tasks and lifespan their chance."""
        logger.info("Cancelling %s running tasks.", len(tasks))
        for task in tasks:
            task.cancel()
        with suppress(TimeoutError):
            await asyncio.wait_for(self.lifespan.shutdown(), CLEANUP_SECONDS + LIFESPAN_SECONDS)


def accepts_badly(loop: asyncio.AbstractEventLoop) -> bool:
    """asyncio's own loop does: where no descriptor is left it logs a traceback for each connection that might wait.

    These are thousands a second, and keep a core busy.
    """
    return isinstance(loop, asyncio.SelectorEventLoop) and sys.platform != "win32"


def is_no_cancellation(record: logging.LogRecord) -> bool:
    """A shutdown that cancels what still runs says so itself; the traceback of each would tell nothing."""
    return not (record.exc_info and isinstance(record.exc_info[1], asyncio.CancelledError))


class EndsAfter:
    """A lifespan whose end waits for the tasks that are left; both for a bounded time, counted from now."""

    def __init__(
        self, lifespan: LifespanOn | LifespanOff, tasks: set[asyncio.Task[None]], longest: float | None
    ) -> None:
        self.lifespan = lifespan
        self.tasks = tasks
        self._clock = asyncio.get_running_loop().time
        self._ends_at = None if longest is None else self._clock() + longest

    async def shutdown(self) -> None:
        if self.tasks:
            _, left = await asyncio.wait(set(self.tasks), timeout=CLEANUP_SECONDS)
            for task in left:
                logger.error("Still running %s s after it was cancelled: %s", CLEANUP_SECONDS, task.get_coro())
        left_seconds = None if self._ends_at is None else max(LIFESPAN_SECONDS, self._ends_at - self._clock())
        try:
            await asyncio.wait_for(self.lifespan.shutdown(), left_seconds)
        except TimeoutError:
            logger.error("The lifespan has not come to its end in time and is not waited for any more.")

    def __getattr__(self, name: str) -> Any:
        return getattr(self.lifespan, name)
