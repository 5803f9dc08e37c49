"""This module ends streams at shutdown, which would otherwise keep the server until its last second.

A request that computes its answer keeps the whole graceful time. A stream may have no end: one of events is ended as
soon as its client could be told, because the client comes back by itself, where another process serves it; any other
one when it has been silent for a while, and then without the mark that says that it is complete.

Closed connections under TLS are looked at more often than by the sweep, and also those that it does not know.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection, Iterator
from typing import Any
from weakref import WeakKeyDictionary

from zonda.transport.farewells import Farewells
from zonda.transport.native import NativeExchange
from zonda.transport.protocol import ZondaProtocol
from zonda.transport.writer import ResponseWriter

EVENT_SECONDS = 0.5
"""How long a stream of events goes on, so that an application can end it with words of its own."""
SILENT_SECONDS = 2.0
"""How long another stream may be silent."""
TICK_SECONDS = 0.1

logger = logging.getLogger("uvicorn.error")


async def end_streams(connections: Collection[Any], is_forced: Callable[[], bool]) -> None:
    """Look at what is still open until cancelled; close all of it when somebody does not want to wait."""
    clock = asyncio.get_running_loop().time
    began = clock()
    silences, farewells = Silences(), Farewells()
    while not is_forced():
        now = clock()
        tell(connections)
        for connection in [connection for connection in connections if farewells.are_over(connection, now)]:
            connection.transport.abort()
        ended = [
            (exchange, writer)
            for exchange, writer in streams(connections)
            if now - began >= EVENT_SECONDS
            and (writer.wire.is_event_stream or silences.since(exchange, writer, now) >= SILENT_SECONDS)
        ]
        for exchange, writer in ended:
            end_stream(exchange, writer)
        if ended:
            logger.info("Ended %s open stream%s.", len(ended), "" if len(ended) == 1 else "s")
        await asyncio.sleep(TICK_SECONDS)
    for connection in list(connections):
        connection.transport.abort()


def tell(connections: Collection[Any]) -> None:
    """Also tell connections that were accepted before, but made after all others were told."""
    for connection in list(connections):
        if isinstance(connection, ZondaProtocol) and not connection.is_shutting_down:
            connection.shutdown()


class Silences:
    """Since when each stream has written nothing."""

    def __init__(self) -> None:
        self.seen: WeakKeyDictionary[NativeExchange, tuple[int, float]] = WeakKeyDictionary()

    def since(self, exchange: NativeExchange, writer: ResponseWriter, now: float) -> float:
        pieces, last = self.seen.get(exchange, (-1, now))
        # A client that reads slowly is not the stream's silence.
        if pieces != writer.pieces or exchange.connection.flow.is_writing_paused:
            last = now
        self.seen[exchange] = writer.pieces, last
        return now - last


def streams(connections: Collection[Any]) -> Iterator[tuple[NativeExchange, ResponseWriter]]:
    """The responses under way whose head does not say where they end."""
    for connection in list(connections):
        exchange = connection.current if isinstance(connection, ZondaProtocol) else None
        if exchange is None or exchange.is_disconnected or exchange._writer is None:
            continue
        is_ending = exchange.writing is not None and exchange.writing.cancel_called
        if exchange._writer.wire.length is None and not is_ending:
            yield exchange, exchange._writer


def end_stream(exchange: NativeExchange, writer: ResponseWriter) -> None:
    """End it as if its client had left, which runs all that cleans up; a stream of events has a proper last byte."""
    if exchange.writing is not None and writer.wire.is_event_stream:
        exchange.writing.cancel()
    else:
        exchange.disconnect()
        exchange.connection.close()
