"""This module holds middleware functions: `@app.middleware("http")`, and classes that only have a `dispatch`."""

from __future__ import annotations

from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint, _CachedRequest
from starlette.requests import Request
from starlette.responses import Response

from zonda.middleware.apart import OwnTask
from zonda.middleware.replies import ReplyResponse, reply_and_task
from zonda.runtime.results import close
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
            reply, background = reply_and_task(response)
        except BaseException:
            await call.abandon()
            raise
        if call.response is not None and response is not call.response:
            await call.drop()
        if background is not None:
            exchange.outer_tasks.insert(0, background)
        return reply

    return wrap_function


class _Call:
    """One request in one middleware function."""

    __slots__ = ("dispatch", "exchange", "request", "response", "was_called")

    def __init__(self, exchange: Exchange, dispatch: Dispatch) -> None:
        self.exchange = exchange
        self.dispatch = dispatch
        self.request = _CachedRequest(exchange.scope, exchange.reader, exchange.send)
        self.response: ReplyResponse | None = None
        self.was_called = False

    async def next(self, request: Request) -> Response:
        """`call_next`: the argument is ignored, as in Starlette; what counts is the scope that all share."""
        exchange = self.exchange
        if self.was_called:
            raise RuntimeError("call_next was called twice for one request; it answers once.")
        self.was_called = True
        self._hand_over_body()
        exchange.reread()
        exchange.behind_function = exchange.has_outer_scopes = True
        reply = await exchange.materialise(await self.dispatch(exchange))
        self.response = ReplyResponse(reply, self._note_failure)
        return self.response

    def _hand_over_body(self) -> None:
        """Let the endpoint read what the function read, or what it put in the place of that."""
        request = self.request
        is_read = request._stream_consumed or getattr(request, "_body", None) is not None
        if is_read or request._receive != self.exchange.reader:
            self.exchange.read_from(request.wrapped_receive)

    def _note_failure(self, failure: Exception) -> None:
        """A stream failed while the function read it: its route is finished with that, after the function's reply."""
        exchange = self.exchange
        finish = exchange.finisher or exchange.finish_here

        async def finish_failed(error: BaseException | None) -> None:
            exchange.finisher = None
            await finish(error or failure)

        exchange.finisher = finish_failed

    async def drop(self) -> None:
        """Nobody will read the stream that `call_next` gave: another response takes its place."""
        response = self.response
        if response is not None and response.reply.stream is not None and response.is_unread:
            await close(response.reply.stream)

    async def abandon(self) -> None:
        """The function failed, with or without a reply in its hands: what runs inside is cancelled."""
        await self.drop()
        finisher = self.exchange.finisher
        if isinstance(finisher, OwnTask):
            await finisher.cancel()
