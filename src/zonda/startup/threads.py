"""This module sizes an event loop's threads with the first request that comes from the socket, if no lifespan did.

A connection is made in a callback of the event loop, and anyio knows its limiter in tasks alone: each request has one.
"""

from __future__ import annotations

from copy import copy

from zonda.concurrency.limits import ThreadSettings
from zonda.seams import Exchange, Pipeline, Reply


def sizing(pipeline: Pipeline, settings: ThreadSettings) -> Pipeline:
    """The pipeline for connections that were made before the threads of this event loop were sized."""

    async def dispatch(exchange: Exchange) -> Reply:
        settings.apply()
        return await pipeline.dispatch(exchange)

    first = copy(pipeline)
    first.dispatch, first.select = dispatch, None
    return first
