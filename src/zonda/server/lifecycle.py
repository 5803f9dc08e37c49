"""This module is Uvicorn's server with an orderly end: cancelled work is waited for before the lifespan ends."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
from typing import Any, cast

import uvicorn
from uvicorn.lifespan.off import LifespanOff
from uvicorn.lifespan.on import LifespanOn

from zonda.applications import Zonda
from zonda.inspection import findings
from zonda.startup import compile_when_idle
from zonda.transport.proxy import unwrap

CLEANUP_SECONDS = 5.0
"""How long cancelled tasks may take to clean up."""

logger = logging.getLogger("uvicorn.error")


class Server(uvicorn.Server):
    warming: asyncio.Task[None] | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        app, _ = unwrap(self.config.loaded_app)
        if self.should_exit or not isinstance(app, Zonda):
            return
        if os.environ.get("FASTAPI_ENV") == "development":
            for finding in findings(app):
                logger.warning("%s", finding)
        else:
            app.native_pipeline()  # builds the stack if no lifespan did
            self.warming = asyncio.create_task(compile_when_idle(app.built_stack()))

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # Uvicorn ends the lifespan as soon as it has cancelled what was still running; the pool that a dependency
        # returns its connection to would be closed before it does.
        if self.warming is not None:
            self.warming.cancel()
        self.lifespan = cast("LifespanOn", EndsAfter(self.lifespan, self.server_state.tasks))
        await super().shutdown(sockets)


class EndsAfter:
    """A lifespan whose end waits for the tasks that are left, for a bounded time."""

    def __init__(self, lifespan: LifespanOn | LifespanOff, tasks: set[asyncio.Task[None]]) -> None:
        self.lifespan = lifespan
        self.tasks = tasks

    async def shutdown(self) -> None:
        if self.tasks:
            _, left = await asyncio.wait(set(self.tasks), timeout=CLEANUP_SECONDS)
            for task in left:
                logger.error("Still running %s s after it was cancelled: %s", CLEANUP_SECONDS, task.get_coro())
        await self.lifespan.shutdown()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.lifespan, name)
