"""This module answers one request of a connection with a pipeline: the native path."""

from __future__ import annotations

from starlette.requests import ClientDisconnect

from zonda.seams import Pipeline
from zonda.transport.driving import answer_error, deliver, end
from zonda.transport.native import NativeExchange
from zonda.transport.server import report
from zonda.transport.wire import wire_of
from zonda.transport.writer import write_whole


async def answer_natively(pipeline: Pipeline, exchange: NativeExchange) -> None:
    failure: BaseException | None = None
    try:
        if pipeline.select is None:
            reply = await pipeline.dispatch(exchange)
        else:
            raised = None
            try:
                reply = await pipeline.select(exchange)(exchange)
            except Exception as error:  # noqa: BLE001
                raised = error
            if raised is not None:
                reply = await pipeline.recover(exchange, raised)
        if reply.stream is None and reply.application is None and exchange.connection.can_write:
            head = reply.head
            write_whole(exchange, head.wire or wire_of(head), reply.body)
            if exchange.needs_finish:
                failure = await end(pipeline, exchange, None)
        else:
            failure = await deliver(pipeline, exchange, reply)
    except BaseException as error:  # noqa: BLE001  (answered, then reported)
        # As under Uvicorn: the server error step's answer does not say that the connection closes after it.
        if exchange.started or not isinstance(error, Exception):
            exchange.keeps_alive = False
        if exchange.is_disconnected and isinstance(error, ClientDisconnect):
            failure = await exchange.abandon(error)
        else:
            failure = await answer_error(pipeline, exchange, error)
    if failure is not None:
        report(exchange, failure)
