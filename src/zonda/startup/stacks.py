"""This module gives compiled routes the stacks in their scopes that packages need which solve dependencies by hand.

They are the exchange's own: what a package opens is closed at its place among the dependencies of the route.
"""

from __future__ import annotations

from contextlib import AsyncExitStack

from zonda.analysis.plan import RoutePlan, WebSocketPlan, takes_connection
from zonda.interpreter.stacks import FILES_KEY, FUNCTION_KEY, REQUEST_KEY, wanted
from zonda.seams import Connection, Exchange, Reply, Responder, WebSocketConnection, WebSocketResponder


def needs_stacks(plan: RoutePlan | WebSocketPlan) -> bool:
    """Someone may solve dependencies by hand, with the request that this route gives away."""
    return wanted.count > 0 and takes_connection(plan)


def with_stacks(respond: Responder) -> Responder:
    async def respond_with_stacks(exchange: Exchange) -> Reply:
        _publish_stacks(exchange)
        reply = await respond(exchange)
        await exchange.leave_function()
        return reply

    return respond_with_stacks


def session_with_stacks(respond: WebSocketResponder) -> WebSocketResponder:
    async def respond_with_stacks(connection: WebSocketConnection) -> None:
        _publish_stacks(connection)
        await respond(connection)

    return respond_with_stacks


def _publish_stacks(connection: Connection) -> None:
    scope = connection.scope
    request, function = connection.whole_stacks()
    if FILES_KEY not in scope:
        files = scope[FILES_KEY] = AsyncExitStack()
        request.callback(scope.pop, FILES_KEY, None)
        request.push_async_exit(files)
    scope[REQUEST_KEY] = request
    scope[FUNCTION_KEY] = function
