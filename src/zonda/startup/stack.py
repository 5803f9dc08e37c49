"""This module builds an application's middleware stack: a chain to walk, plain ASGI to call, wraps to be quick.

    ServerErrors ─▶ unknown ─▶ Bridge ─▶ CORS ─▶ function ─▶ ExceptionMiddleware ─▶ Innermost ─▶ router
                    (ASGI)       │
                                 └─ http: the wraps of all that stands inside, over exchanges

Whoever walks `.app` meets what Starlette would have built. A request leaves the chain at the first bridge: right
behind the innermost middleware that is only known as ASGI, or at the very beginning if there is none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.body_limit import MAX_BODY_SIZE_SCOPE_KEY, _RequestBodyTooLarge
from starlette.middleware.errors import ServerErrorMiddleware
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.routing import Router

from zonda.body_limit import BodyLimitMiddleware, alone
from zonda.middleware.asyncexitstack import AsyncExitStackMiddleware
from zonda.middleware.wraps import is_known, wrap_of
from zonda.problem_details import counted_too_large_response, server_problem
from zonda.routing import APIRouter
from zonda.routing.built_layers import adapt_for, adapted
from zonda.runtime.bodies import is_reading_replaced
from zonda.seams import ASGIApp, Message, Pipeline, Receive, Scope, Send, Wrap
from zonda.startup.limits import ApplicationLimit
from zonda.startup.search import Search
from zonda.startup.websockets import WebSocketSearch
from zonda.telemetry import ExceptionTelemetryMiddleware
from zonda.transport.asgi import Entry
from zonda.transport.dispatch import ApplicationPipeline, Dispatcher
from zonda.transport.handlers import Handlers


class AppBodyLimitMiddleware:
    """The application's `max_body_size`, outside the user's middleware.

    Where a limit outside the application counts, it only answers: a 500 of this application would come in between.
    """

    def __init__(self, app: ASGIApp, max_body_size: int | None = None) -> None:
        self.app = app if max_body_size is None else BodyLimitMiddleware(app, max_body_size)
        self.max_body_size = max_body_size

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if MAX_BODY_SIZE_SCOPE_KEY not in scope:
            await self.app(scope, receive, send)
            return
        started = False

        async def note_start(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, note_start)
        except Exception as error:
            if started or not isinstance(alone(error), _RequestBodyTooLarge):
                raise
            await counted_too_large_response(scope.get("app"))(scope, receive, send)


class ServerErrors(ServerErrorMiddleware):
    """Starlette's outermost middleware; an HTTP request goes straight to the exchanges if all middleware knows them."""

    def __init__(self, app: ASGIApp, handler: Any = None, debug: bool = False) -> None:
        super().__init__(app, handler, debug)
        self.built_around = app
        self.entry: Entry | None = None
        self.router: Any = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        entry = self.entry
        if scope["type"] == "http" and entry is not None and self.app is self.built_around and may_leave(self.router):
            await entry(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


ERROR_STEPS = {kind: kind.__call__ for kind in (ServerErrorMiddleware, ExceptionMiddleware)}
"""Starlette's, as they were imported."""


def replaced_step() -> str | None:
    """The name of an error step that a tool replaced."""
    return next((kind.__name__ for kind, original in ERROR_STEPS.items() if kind.__call__ is not original), None)


def may_leave(router: Any) -> bool:
    """Nothing that stands further in was replaced: requests need not walk the chain so that it is called."""
    return replaced_step() is None and is_original(router)


class Bridge:
    """Where a request leaves ASGI: what stands inside runs over exchanges."""

    def __init__(self, app: ASGIApp, entry: Entry, router: Any) -> None:
        self.app = app
        self.built_around = app
        self.entry = entry
        self.router = router

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and self.app is self.built_around and may_leave(self.router):
            await self.entry(scope, receive, send)
        else:
            await self.app(scope, receive, send)


class Innermost(AsyncExitStackMiddleware):
    """The last step of a chain run as plain ASGI: the compiled routes, without the application error step."""

    def __init__(self, app: Any, http: Entry, websockets: WebSocketSearch) -> None:
        super().__init__(app)
        self.http = http
        self.websockets = websockets

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        kind = scope["type"]
        if is_original(self.app) and kind == "http":
            await self.http(scope, receive, send)
        elif is_original(self.app) and kind == "websocket":
            await self.websockets.answer(scope, receive, send)
        elif kind == "lifespan":
            await self.app(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


@dataclass(frozen=True, slots=True)
class Stack:
    """An application's middleware as it was built."""

    outermost: ServerErrors
    pipeline: Pipeline
    """All of it over exchanges; without what stands outside the innermost unknown middleware."""
    unknown: str | None
    """The innermost middleware that is only known as ASGI."""
    search: Search
    websockets: WebSocketSearch


def build_stack(app: Any, search: Search, websockets: WebSocketSearch) -> Stack:
    """The chain of an application's middleware, in the order of Starlette and FastAPI."""
    server_handler, inner_handlers = split_handlers(app.exception_handlers)
    inner_handlers = {**adapted(app.router.layer.errors, adapt_for(app)), **inner_handlers}
    if server_handler is None and app.problem_details:
        server_handler = server_problem
    # Named through Middleware, as in Starlette: monitoring tools replace its __init__ to meet these classes.
    exceptions: Any = Middleware(ExceptionMiddleware, handlers=inner_handlers, debug=app.debug)
    chain: Any = exceptions.cls(app.router, *exceptions.args, **exceptions.kwargs)
    handlers = search.surroundings.handlers = Handlers(chain._exception_handlers, chain._status_handlers)
    bare = Dispatcher(search, handlers, takes_application_step=False)
    chain.app = Innermost(app.router, Entry(ApplicationPipeline(bare, handlers)), websockets)
    wraps: list[Wrap] = []
    unknown: str | None = None
    for declaration in reversed(declarations(app)):
        cls, args, kwargs = declaration
        if unknown is None and cls is not AppBodyLimitMiddleware and not is_known(cls):
            unknown = getattr(cls, "__qualname__", repr(cls))
            chain = Bridge(chain, Entry(pipeline_through(search, handlers, wraps)), app.router)
        chain = cls(chain, *args, **kwargs)
        if unknown is None and not (cls is AppBodyLimitMiddleware and app.max_body_size is None):
            wraps.insert(0, wrap_for(chain, app))
    if unknown is None:
        chain = Bridge(chain, Entry(pipeline_through(search, handlers, wraps)), app.router)
    errors: Any = Middleware(ServerErrors, handler=server_handler, debug=app.debug)
    outermost: ServerErrors = errors.cls(ExceptionTelemetryMiddleware(chain), *errors.args, **errors.kwargs)
    pipeline = pipeline_through(search, handlers, wraps, outermost)
    if unknown is None:
        outermost.entry, outermost.router = Entry(pipeline), app.router
    return Stack(outermost, pipeline, unknown, search, websockets)


def declarations(app: Any) -> list[Middleware]:
    """The middleware between the outermost and the innermost: the application's own limit, then the user's."""
    return [Middleware(AppBodyLimitMiddleware, app.max_body_size), *app.user_middleware]


def pipeline_through(
    search: Search, handlers: Handlers, wraps: Sequence[Wrap], outermost: ServerErrorMiddleware | None = None
) -> ApplicationPipeline:
    # The limit looks at no head and changes no scope.
    dispatcher = Dispatcher(search, handlers, is_wrapped=any(not isinstance(wrap, ApplicationLimit) for wrap in wraps))
    return ApplicationPipeline(dispatcher, handlers, wraps, outermost)


def wrap_for(built: Any, app: Any) -> Wrap:
    if isinstance(built, AppBodyLimitMiddleware) and built.max_body_size is not None:
        return ApplicationLimit(built.max_body_size)
    wrap = wrap_of(built)
    if wrap is None:
        raise RuntimeError(f"{type(built).__qualname__} of {app!r} was patched while the stack was built.")
    return wrap


def split_handlers(given: Mapping[Any, Any]) -> tuple[Any, dict[Any, Any]]:
    """The handler of 500 or Exception, which runs outside everything, and the others."""
    outer = None
    inner = {}
    for key, handler in given.items():
        if key in (500, Exception):
            outer = handler
        else:
            inner[key] = handler
    return outer, inner


def is_original(router: Any) -> bool:
    """Requests may be answered without asking the router's own methods: nobody replaced them."""
    kind = type(router)
    return (
        kind.__call__ is Router.__call__
        and kind.app is APIRouter.app
        and "app" not in vars(router)
        and router.middleware_stack == router.app
    )


_starlette_call = Starlette.__call__


def why_not_native(app: Any, zonda_call: Any, zonda_build: Any) -> str | None:
    """What stands between the socket and the compiled routes, None if nothing does."""
    kind = type(app)
    if kind.__call__ is not zonda_call:
        return f"{kind.__qualname__}.__call__ is not Zonda's own"
    if Starlette.__call__ is not _starlette_call:
        return "Starlette.__call__ was replaced"
    if step := replaced_step():
        return f"{step}.__call__ was replaced"
    if kind.build_middleware_stack is not zonda_build or "build_middleware_stack" in vars(app):
        return "build_middleware_stack was replaced"
    if is_reading_replaced():
        return "Request.body or Request.json was replaced"
    if not is_original(app.router):
        return "the router's entry points were replaced"
    stack: Stack = app.built_stack()
    outermost = stack.outermost
    if app.middleware_stack is not outermost:
        return "the middleware stack was replaced"
    if stack.unknown is not None:
        return f"the middleware {stack.unknown} speaks only ASGI"
    if outermost.app is not outermost.built_around:
        return "something was put into the middleware stack"
    return None
