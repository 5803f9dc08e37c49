"""This module runs a handler as an ASGI application, with the stacks that its dependencies are closed by.

files                  closed last: uploaded files outlive everything that may read them
└── request stack      closed after the response was sent
    └── function stack closed after the handler returned, before the response is sent
"""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

from starlette._exception_handler import wrap_app_handling_exceptions
from starlette._utils import is_async_callable
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket

from zonda.concurrency import run_in_threadpool
from zonda.interpreter.stacks import FILES_KEY, FUNCTION_KEY, REQUEST_KEY
from zonda.runtime.errors import response_not_awaited, swallowed

_NOTHING: Any = object()


def request_response(func: Callable[[Request], Awaitable[Response] | Response]) -> ASGIApp:
    """An ASGI application from a function that takes a request and returns a response."""
    handler: Callable[[Request], Awaitable[Response]] = (
        func if is_async_callable(func) else functools.partial(run_in_threadpool, func)  # type: ignore[assignment,call-arg]  # not seen through `partial`
    )

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive, send)

        async def answer(scope: Scope, receive: Receive, send: Send) -> None:
            sent = False
            async with AsyncExitStack() as request_stack:
                scope[REQUEST_KEY] = request_stack
                response: Any = _NOTHING
                async with AsyncExitStack() as function_stack:
                    scope[FUNCTION_KEY] = function_stack
                    response = await handler(request)
                if response is _NOTHING:
                    raise swallowed()
                await response(scope, receive, send)
                sent = True
            if not sent:
                raise response_not_awaited()

        await _with_files(wrap_app_handling_exceptions(answer, request), scope, receive, send)

    return app


def websocket_session(func: Callable[[WebSocket], Awaitable[None]]) -> ASGIApp:
    """An ASGI application from a function that takes a websocket."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        session = WebSocket(scope, receive=receive, send=send)

        async def answer(scope: Scope, receive: Receive, send: Send) -> None:
            async with AsyncExitStack() as request_stack:
                scope[REQUEST_KEY] = request_stack
                async with AsyncExitStack() as function_stack:
                    scope[FUNCTION_KEY] = function_stack
                    await func(session)

        await wrap_app_handling_exceptions(answer, session)(scope, receive, send)

    return app


def stack_of(scope: Scope, key: str) -> AsyncExitStack:
    """A stack that whoever runs the handler must have put into the scope."""
    stack = scope.get(key)
    if not isinstance(stack, AsyncExitStack):
        raise AssertionError(f"{key} not found in request scope")
    return stack


async def _with_files(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """Give the application a stack for its uploaded files, unless a middleware has one already."""
    if FILES_KEY in scope:
        await app(scope, receive, send)
        return
    async with AsyncExitStack() as files:
        scope[FILES_KEY] = files
        try:
            await app(scope, receive, send)
        finally:
            scope.pop(FILES_KEY, None)
