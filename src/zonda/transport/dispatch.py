"""This module answers an exchange: find, respond, and the three error steps, each at its place.

server step            outside everything: the debug page or the handler of 500
└── middleware         wraps that know exchanges
    └── application step    around find and respond; handles what a route's handler raised, too
        ├── find
        └── route step      around the responder, after its exits
            └── respond
"""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Protocol

from starlette.middleware.errors import ServerErrorMiddleware
from starlette.responses import Response
from starlette.routing import Route

from zonda.changes import declared
from zonda.concurrency import run_in_threadpool
from zonda.runtime.errors import response_not_awaited
from zonda.runtime.results import reply_with
from zonda.seams import Dispatch, Exchange, Reply, Responder, Scope, Wrap
from zonda.telemetry import is_recording, report_error
from zonda.transport.handlers import Handlers, answer_with, handled
from zonda.transport.refused_bodies import within_limit

ALREADY_STARTED = "Caught handled exception, but response already started."


class Target(Protocol):
    """What a request finds: a route with the function that answers for it."""

    route: Any
    """What `scope["route"]` is."""
    responder: Responder
    provider: Any
    """Whose `dependency_overrides` count, if anyone's."""
    checked: int
    """The count of changes at which the responder was last known to be true to the route."""
    handlers: Handlers | None
    """The exception handlers of its routers, inside the application's; None where they have none."""

    def check(self, count: int) -> None:
        """Something was declared or changed since; make a new responder if this route was."""
        ...

    def overridden(self, overrides: Mapping[Any, Any]) -> Responder:
        """The function that answers while dependencies are replaced."""
        ...

    def recorded(self, exchange: Exchange) -> Responder:
        """The function that answers while telemetry records the request."""
        ...

    def publish(self, scope: Scope) -> None:
        """Tell the scope what was found."""
        ...


class Search(Protocol):
    """The finder, kept true to the routers."""

    checked: int

    @property
    def find(self) -> Callable[[Any], Target]: ...

    def check(self, count: int) -> None: ...


class Dispatcher:
    """Find and respond, with the two error steps that stand inside all middleware."""

    def __init__(
        self, search: Search, handlers: Handlers, *, is_wrapped: bool = False, takes_application_step: bool = True
    ) -> None:
        self.search = search
        self.handlers = handlers
        self.is_wrapped = is_wrapped
        """Middleware outside may have changed the scope."""
        self.takes_application_step = takes_application_step
        """False where something outside takes it: Starlette's ExceptionMiddleware, in a stack run as plain ASGI."""

    async def __call__(self, exchange: Exchange) -> Reply:
        try:
            if self.is_wrapped and exchange.made_scope is not None:
                exchange.reread()
            reply = await self.select(exchange)(exchange)
            if self.is_wrapped and reply.application is not None:
                # Wraps need a head; an error before there is one takes the steps here, inside them.
                reply = await exchange.materialise(reply)
            return reply
        except Exception as error:  # noqa: BLE001  (raised again where nothing handles it)
            failure = error
        return await self.recover(exchange, failure)

    def select(self, exchange: Exchange) -> Responder:
        """The function that answers."""
        search, count = self.search, declared.count
        if search.checked != count:
            search.check(count)
        target = search.find(exchange)
        if target.checked != count:
            target.check(count)
        exchange.route = target.route
        exchange.found = target
        if exchange.made_scope is not None:
            exchange.publish()
            if is_recording(exchange.made_scope):
                return target.recorded(exchange)
        provider = target.provider
        if provider is not None and provider.dependency_overrides:
            return target.overridden(provider.dependency_overrides)
        return target.responder

    async def recover(self, exchange: Exchange, error: Exception) -> Reply:
        """Both error steps; the error of a route that decides by itself takes only the application's."""
        if exchange.found is not None:
            try:
                return await route_step(exchange, error, handlers_of(exchange, self.handlers))
            except Exception as raised:  # noqa: BLE001
                error = raised
        if not self.takes_application_step:
            raise error
        return await handled(exchange, error, self.handlers)


async def route_step(exchange: Exchange, error: Exception, handlers: Handlers) -> Reply:
    """Leave what the responder opened, then look for a handler."""
    left = await exchange.close(error)
    if left is None:
        left = response_not_awaited()
    if not isinstance(left, Exception):
        raise left
    reply = await handled(exchange, left, handlers)
    return reply if exchange.max_body_size is None else await within_limit(exchange, reply)


def handlers_of(exchange: Exchange, application: Handlers) -> Handlers:
    """Those of the routers of what was found, else the application's."""
    handlers: Handlers | None = getattr(exchange.found, "handlers", None)
    return handlers or application


def wrapped(dispatch: Dispatch, wraps: Sequence[Wrap]) -> Dispatch:
    """The dispatch inside the wraps, the first of them outermost."""
    for wrap in reversed(wraps):
        dispatch = functools.partial(_through, wrap, dispatch)
    return dispatch


def _through(wrap: Wrap, dispatch: Dispatch, exchange: Exchange) -> Awaitable[Reply]:
    return wrap(exchange, dispatch)


class ApplicationPipeline:
    """seams.Pipeline: an application as the transport calls it."""

    def __init__(
        self,
        dispatcher: Dispatcher,
        handlers: Handlers,
        wraps: Sequence[Wrap] = (),
        server_errors: ServerErrorMiddleware | None = None,
    ) -> None:
        self.dispatch = wrapped(dispatcher.__call__, wraps)
        self.select: Callable[[Exchange], Responder] | None = None if wraps else dispatcher.select
        self.recover = dispatcher.recover
        self._handlers = handlers
        self._server_errors = server_errors
        """None where a middleware that only speaks ASGI stands outside: the error is then raised through it."""
        self.is_outermost = server_errors is not None

    async def application_error(self, exchange: Exchange, error: Exception) -> Reply:
        """Both inner steps, for an application that failed before it began to answer.

        A route of Starlette's has asked the handlers of its routers by itself.
        """
        has_asked = isinstance(exchange.route, Route)
        return await handled(exchange, error, self._handlers if has_asked else handlers_of(exchange, self._handlers))

    async def server_error(self, exchange: Exchange, error: Exception) -> Reply:
        """The debug page, the handler of 500 or the plain answer; whoever called reports the error."""
        if exchange.made_scope is not None:
            report_error(exchange.made_scope, error)
        if self._server_errors is None:
            raise error
        return reply_with(exchange, await self._server_response(exchange, error, self._server_errors))

    async def _server_response(self, exchange: Exchange, error: Exception, errors: ServerErrorMiddleware) -> Response:
        if errors.debug:
            return await run_in_threadpool(errors.debug_response, exchange.request, error)
        if errors.handler is None:
            return errors.error_response(exchange.request, error)
        response: Response = await answer_with(exchange.request, error, errors.handler)
        return response

    async def late_error(self, exchange: Exchange, error: Exception) -> Exception:
        """The three steps with the response begun: a handled error becomes one about that."""
        for handlers in (handlers_of(exchange, self._handlers), self._handlers):
            if handlers.handler_of(error) is not None:
                started = RuntimeError(ALREADY_STARTED)
                started.__cause__ = error
                error = started
        if exchange.made_scope is not None:
            report_error(exchange.made_scope, error)
        if self._server_errors is not None:
            try:
                await self._server_response(exchange, error, self._server_errors)
            except Exception as raised:  # noqa: BLE001  (a failing handler's error is the one to report)
                return raised
        return error
