"""This module drives an exchange through a pipeline: dispatch, write, finish, and the error steps in between."""

from __future__ import annotations

from typing import Any

from starlette.middleware.body_limit import MAX_BODY_SIZE_SCOPE_KEY, _RequestBodyTooLarge

from zonda.problem_details import PROBLEM, TOO_LARGE_DETAIL, too_large_content
from zonda.seams import Head, Pipeline, Reply
from zonda.transport.exchange import HttpExchange
from zonda.transport.leaving import ClientLeft

TOO_LARGE = Reply(Head(413, ((b"content-type", b"text/plain; charset=utf-8"),)), b"Content Too Large")
TOO_LARGE_CORRECTED = Reply(Head(413, ((b"content-type", b"application/json"),)), TOO_LARGE_DETAIL)
TOO_LARGE_PROBLEM = Reply(Head(413, ((b"content-type", PROBLEM.encode()),)), too_large_content())


def too_large(app: Any, *, is_counted_outside: bool = False) -> Reply:
    """What an application answers to a body beyond its limit, or beyond one that counts outside of it."""
    if getattr(app, "problem_details", False):
        return TOO_LARGE_PROBLEM
    return TOO_LARGE_CORRECTED if is_counted_outside or getattr(app, "corrections", False) else TOO_LARGE


async def answer(pipeline: Pipeline, exchange: HttpExchange) -> BaseException | None:
    """Answer one request to its very end; return the error that is to be reported, if any."""
    try:
        reply = await pipeline.dispatch(exchange)
    except BaseException as error:  # noqa: BLE001  (everything is reported by the caller)
        return await answer_error(pipeline, exchange, error)
    return await deliver(pipeline, exchange, reply)


async def deliver(pipeline: Pipeline, exchange: HttpExchange, reply: Reply) -> BaseException | None:
    """Write a reply and finish; return the error that is to be reported, if any."""
    failure: BaseException | None = None
    try:
        if reply.application is None:
            await exchange.write(reply)
        else:
            await _run_application(pipeline, exchange, reply)
    except BaseException as error:  # noqa: BLE001
        if not exchange.started:
            return await answer_error(pipeline, exchange, error)
        failure = exchange.error = error
    return await end(pipeline, exchange, failure)


async def _run_application(pipeline: Pipeline, exchange: HttpExchange, reply: Reply) -> None:
    """Let an ASGI application answer; its error before it began takes the application error step."""
    try:
        await exchange.write(reply)
    except Exception as error:
        if exchange.started:
            raise
        await exchange.write(await pipeline.application_error(exchange, error))


async def end(pipeline: Pipeline, exchange: HttpExchange, error: BaseException | None) -> BaseException | None:
    """Finish after the reply began; an error by now has no reply, only error steps."""
    if error is None and not exchange.needs_finish:
        return None
    try:
        await exchange.finish(error)
    except Exception as raised:  # noqa: BLE001
        return await pipeline.late_error(exchange, raised)
    except BaseException as raised:  # noqa: BLE001
        return raised
    return None


async def answer_error(pipeline: Pipeline, exchange: HttpExchange, error: BaseException) -> BaseException | None:
    """The server error step, after everything that is still open was closed because of `error`."""
    error = exchange.error = await exchange.abandon(error)
    if not isinstance(error, Exception) or isinstance(error, ClientLeft):
        return error
    if isinstance(error, _RequestBodyTooLarge) and not exchange.started:
        # A middleware that reads the body met a limit that this exchange does not keep by itself.
        if not pipeline.is_outermost:
            return error
        scope = exchange.made_scope or {}
        is_counted_outside = not exchange.is_limited_outside and MAX_BODY_SIZE_SCOPE_KEY in scope
        await exchange.write(too_large(exchange.app, is_counted_outside=is_counted_outside))
        return None
    try:
        reply = await pipeline.server_error(exchange, error)
        if not exchange.started:
            await exchange.write(reply)
            await exchange.finish(None)
    except Exception as raised:  # noqa: BLE001
        return raised
    return error
