"""This module compiles what no request has asked for yet, while the event loop has nothing else to do.

A route takes a fraction of a millisecond. The OpenAPI document is left to its first reader: it is made in one piece, a
millisecond for each operation, and in production perhaps nobody reads it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator

from zonda.changes import declared
from zonda.startup.stack import Stack
from zonda.startup.targets import Target

IDLE_SECONDS = 0.0002
"""A turn of the event loop that took no longer had nothing else to do."""
PAUSE_SECONDS = 0.02
"""How long a busy event loop is left alone."""

logger = logging.getLogger("zonda")


async def compile_when_idle(stack: Stack) -> None:
    """Make each route of the application ready, one at a time."""
    for target in targets(stack):
        await idle()
        try:
            target.prepare()
        except Exception:  # its first request fails in the same way and says more
            logger.exception("%s could not be compiled.", target.template)


def targets(stack: Stack) -> Iterator[Target]:
    """What answers for the routes; those that decide by themselves, such as mounts, have nothing to prepare."""
    for search in (stack.search, stack.websockets):
        search.check(declared.count)
        yield from search.targets()


async def idle() -> None:
    """Wait for a turn of the event loop in which nothing else was done."""
    loop = asyncio.get_running_loop()
    while True:
        began = loop.time()
        await asyncio.sleep(0)
        if loop.time() - began < IDLE_SECONDS:
            return
        await asyncio.sleep(PAUSE_SECONDS)
