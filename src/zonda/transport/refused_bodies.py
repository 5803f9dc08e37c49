"""This module lets a reply give way to a 413 where the request itself says that its body is over the limit."""

from __future__ import annotations

from starlette.middleware.body_limit import _RequestBodyLimitResponseSent

from zonda.body_limit import alone, refusal_of_stream, says_too_large
from zonda.problem_details import too_large_response
from zonda.seams import ASGIApp, Exchange, Message, Receive, Reply, Scope, Send
from zonda.transport.driving import too_large
from zonda.transport.exchange import close_stream


async def within_limit(exchange: Exchange, reply: Reply, *, is_outside: bool = False) -> Reply:
    """The reply, unless the request said that it is too large and nobody read it to find out.

    Where the application has a limit of its own, it is asked outside all middleware only.
    """
    limit = exchange.max_body_size
    if limit is None or exchange.is_limited_outside is not is_outside or not says_too_large(exchange.headers, limit):
        return reply
    if reply.application is not None:
        return Reply(reply.head, application=giving_way(reply.application, exchange))
    exchange.background = None
    if is_outside:
        exchange.outer_tasks.clear()
    if reply.stream is not None:
        await close_stream(reply.stream)
    refused = _RequestBodyLimitResponseSent()
    exchange.displaced_by = refused if reply.stream is None else refusal_of_stream(exchange.scope, refused)
    return too_large(exchange.app)


def giving_way(app: ASGIApp, exchange: Exchange) -> ASGIApp:
    """The application, with a 413 in the place of its answer."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        async def refuse(message: Message) -> None:
            await too_large_response(exchange.app)(scope, receive, send)
            raise _RequestBodyLimitResponseSent

        try:
            await app(scope, receive, refuse)
        except Exception as error:
            if not isinstance(alone(error), _RequestBodyLimitResponseSent):
                raise
            exchange.displaced_by = error

    return answer
