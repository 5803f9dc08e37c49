"""This module holds middleware functions: `@app.middleware("http")`, and classes that only have a `dispatch`."""

from __future__ import annotations

from starlette.background import BackgroundTask, BackgroundTasks
from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint, _CachedRequest
from starlette.requests import Request
from starlette.responses import Response

from zonda.middleware.replies import ReplyResponse, close, reply_of
from zonda.seams import Dispatch, Exchange, Reply, Wrap

__all__ = ["BaseHTTPMiddleware", "RequestResponseEndpoint", "wrap"]


def wrap(middleware: BaseHTTPMiddleware) -> Wrap:
    """Run the function in the request's task: no second task, no memory streams.

    The endpoint runs in the function's context, so that each sees the contextvars that the other sets. A route that
    keeps scopes open after its reply is given a task of its own (see `apart.py`), since a scope of the function's,
    such as a time-out, would otherwise lie across them.
    """
    function = middleware.dispatch_func

    async def wrap_function(exchange: Exchange, dispatch: Dispatch) -> Reply:
        call = _Call(exchange, dispatch)
        try:
            response = await function(call.request, call.next)
            reply, background = reply_of(response)
        except BaseException:
            await call.drop()
            raise
        if call.response is not None and response is not call.response:
            await call.drop()
        if background is not None:
            _put_first(exchange, background)
        return reply

    return wrap_function


class _Call:
    """One request in one middleware function."""

    __slots__ = ("dispatch", "exchange", "request", "response")

    def __init__(self, exchange: Exchange, dispatch: Dispatch) -> None:
        self.exchange = exchange
        self.dispatch = dispatch
        self.request = _CachedRequest(exchange.scope, exchange.reader, exchange.send)
        self.response: ReplyResponse | None = None

    async def next(self, request: Request) -> Response:
        """`call_next`: the argument is ignored, as in Starlette; what counts is the scope that all share."""
        exchange = self.exchange
        self._hand_over_body()
        exchange.reread()
        exchange.behind_function = exchange.has_outer_scopes = True
        reply = await exchange.materialise(await self.dispatch(exchange))
        self.response = ReplyResponse(reply)
        return self.response

    def _hand_over_body(self) -> None:
        """Let the endpoint read what the function read, or what it put in the place of that."""
        request = self.request
        is_read = request._stream_consumed or getattr(request, "_body", None) is not None
        if is_read or request._receive != self.exchange.reader:
            self.exchange.read_from(request.wrapped_receive)

    async def drop(self) -> None:
        """Nobody will read the stream that `call_next` gave: another response takes its place."""
        response = self.response
        if response is not None and response.reply.stream is not None and response.is_unread:
            await close(response.reply.stream)


def _put_first(exchange: Exchange, task: BackgroundTask) -> None:
    """The function's task runs before the endpoint's, as the outer of two responses is finished first."""
    others = exchange.background
    exchange.background = BackgroundTasks([task] if others is None else [task, others])
