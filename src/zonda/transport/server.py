"""This module serves applications that only speak ASGI, over the same exchanges and the same writer.

What it does with an application that raises, or that ends without a whole response, is what Uvicorn's own does.
"""

from __future__ import annotations

import logging

from starlette.requests import ClientDisconnect

from zonda.seams import ASGIApp
from zonda.transport.leaving import ClientLeft
from zonda.transport.native import NativeExchange
from zonda.transport.wire import Wire
from zonda.transport.writer import write_whole

logger = logging.getLogger("uvicorn.error")

_PLAIN = (b"content-type", b"text/plain; charset=utf-8")
_INTERNAL_ERROR = Wire(500, (_PLAIN, (b"content-length", b"21"), (b"connection", b"close")))


async def serve_application(app: ASGIApp, exchange: NativeExchange) -> None:
    """Let `app` answer one request."""
    try:
        result = await app(exchange.scope, exchange.wire_receive, exchange.send)  # type: ignore[func-returns-value]
    except BaseException as error:  # noqa: BLE001  (as Uvicorn does: the client gets an answer, the log the error)
        report(exchange, error)
        return
    if result is not None:
        logger.error("ASGI callable should return None, but returned '%s'.", result)
        exchange.connection.close_after(exchange)
    elif exchange.is_disconnected:
        return
    elif exchange.has_left and not exchange.started:
        exchange.connection.close_after(exchange)
    elif not exchange.started:
        logger.error("ASGI callable returned without starting response.")
        send_internal_error(exchange)
    elif not exchange.is_answered:
        logger.error("ASGI callable returned without completing response.")
        exchange.connection.close_after(exchange)


def report(exchange: NativeExchange, error: BaseException) -> None:
    """Log an error that nothing handled, and end what the client sees: with a 500, or else with the connection.

    An error that asks the process to end is answered like any other, and then ends it.
    """
    exchange.error = error
    is_gone = exchange.is_disconnected or exchange.is_broken or exchange.has_left
    if not (isinstance(error, ClientDisconnect) and is_gone):
        logger.error("Exception in ASGI application\n", exc_info=error)
    if exchange.started or isinstance(error, ClientLeft):
        exchange.connection.close_after(exchange)
    else:
        send_internal_error(exchange)
    if isinstance(error, (SystemExit, KeyboardInterrupt)):
        raise error


def send_internal_error(exchange: NativeExchange) -> None:
    if not exchange.is_disconnected:
        write_whole(exchange, _INTERNAL_ERROR, b"Internal Server Error")
