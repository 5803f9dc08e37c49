"""This module draws the seams: what the stages hand each other, on one page.

    protocol ──Exchange──▶ dispatch ──Exchange──▶ responder ──Reply──▶ dispatch ──Reply──▶ transport

Nothing here does anything at a request; it only says what is passed.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Coroutine, MutableMapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from types import TracebackType
from typing import Any, Protocol, Self, TypeVar

from starlette.background import BackgroundTask, BackgroundTasks
from starlette.datastructures import FormData, Headers, QueryParams
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

T = TypeVar("T")

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
ASGIApp = Callable[[Scope, Receive, Send], Awaitable[None]]

RawHeaders = tuple[tuple[bytes, bytes], ...]


class Head:
    """The status and the header fields of a reply, without `content-length`.

    A head that is known at startup is made once and shared by every reply of its route, so that the
    transport can keep the bytes it writes for it in `wire`. Heads are never changed, only replaced.
    """

    __slots__ = ("derived", "headers", "is_framed", "status", "wire")

    def __init__(self, status: int, headers: RawHeaders = ()) -> None:
        self.status = status
        self.headers = headers
        self.wire: Any = None
        """The transport's own form of this head."""
        self.is_framed: bool | None = None
        """It says itself where its content ends, or has none; None until somebody asks."""
        self.derived: dict[Any, Head] | None = None
        """What middleware made of this head, by what it depends on."""

    def __repr__(self) -> str:
        return f"Head({self.status}, {self.headers!r})"


class Reply:
    """What a responder returns: a value, ready to be written.

    Exactly one of the three carries the content:

    - `body`: the whole content. The transport adds `content-length` unless the head has one.
    - `stream`: chunks of bytes in order, closed with `aclose()` by whoever stops reading.
    - `application`: content that only an ASGI application can send (mounted applications, responses
      with a `__call__` of their own); the head then says nothing.
    """

    in_pieces = False
    """A middleware function passed it on. Starlette sends such a reply in pieces, which gzip outside makes visible."""

    def __init__(
        self,
        head: Head,
        body: bytes = b"",
        *,
        stream: AsyncIterator[bytes] | None = None,
        application: ASGIApp | None = None,
    ) -> None:
        self.head = head
        self.body = body
        self.stream = stream
        self.application = application


class WholeReply(Reply):
    """A reply whose content is its body.

    PERF: CPython makes instances quickly of classes without slots whose `__init__` takes no keywords (benchmark
    `hello`).
    """

    stream = None
    application = None

    def __init__(self, head: Head, body: bytes) -> None:
        self.head = head
        self.body = body


class ExitStack(Protocol):
    """An AsyncExitStack that takes generators, too."""

    async def enter_async_context(self, cm: AbstractAsyncContextManager[T, bool | None], /) -> T: ...
    async def enter_generator(self, generator: AsyncGenerator[T], /) -> T:
        """Take a generator to its `yield`; it is left as contextlib leaves what `asynccontextmanager` makes."""
        ...

    async def __aenter__(self) -> Self: ...
    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> bool | None: ...


class Connection(Protocol):
    """What a request and a websocket have in common, as generated code sees them.

    Only what came on the wire is stored; the rest is built when it is asked for, once.
    """

    path_params: dict[str, Any]
    """The values of the path's parameters after Starlette's convertors, by name."""
    headers: list[tuple[bytes, bytes]]
    """The header fields in the order received; names are in lower case."""
    query_string: bytes
    app: Any
    """The application that found the route."""
    route: BaseRoute | None
    """The route that answers, None before it is found."""
    found: Any
    """What the finder found; its `publish(scope)` tells the scope."""
    response: Response | None
    """The Response that an endpoint or dependency asked for by annotation; its status and headers are merged."""
    background: BackgroundTasks | None
    """Tasks added by an endpoint or a dependency; a Response's own task takes their place."""
    form: FormData | None
    """The parsed form; its files are closed when the exchange is finished."""
    made_scope: Scope | None
    """The scope if anyone has asked for it yet; `reread` and `publish` have nothing to do before that."""

    def reread(self) -> None:
        """Before finding: take over what a middleware changed in the scope (method, path, query, headers)."""
        ...

    def publish(self) -> None:
        """After finding: tell the scope the application, the route, its endpoint and the path's values."""
        ...

    @property
    def scope(self) -> Scope:
        """The ASGI scope: one dict, shared by all who touch it."""
        ...

    @property
    def query_params(self) -> QueryParams: ...
    @property
    def header_map(self) -> Headers: ...
    @property
    def cookies(self) -> dict[str, str]: ...

    def request_stack(self) -> ExitStack:
        """What is closed after the reply was sent; opened at the first call."""
        ...

    def function_stack(self) -> ExitStack:
        """What is closed after the endpoint returned and before the reply is sent; opened at the first call."""
        ...

    def whole_stacks(self) -> tuple[AsyncExitStack, AsyncExitStack]:
        """Both, opened as instances of contextlib's class, which packages ask for."""
        ...

    async def leave_function(self) -> None:
        """Close the function scope where the responder does not do so by itself."""
        ...


class Exchange(Connection, Protocol):
    """One HTTP request and its response."""

    method: str
    path: str
    """The decoded path as ASGI's `scope["path"]` has it: `root_path` in front."""
    root_path: str
    started: bool
    """The head of a response has left."""
    finisher: Callable[[BaseException | None], Awaitable[None]] | None
    """What `finish` awaits instead, where respond ran in a task of its own, which then awaits `finish_here`."""
    has_outer_scopes: bool
    """Anyio scopes may exist around the task that answers, so exits are shielded from them."""
    behind_function: bool
    """A middleware function waits outside: a responder that keeps scopes open after its reply runs in its own task."""
    body_size: int
    """The bytes of the body that were read so far."""
    is_limited_outside: bool
    """The limit of the body stands outside the middleware: a reply gives way to a 413 there, not inside."""
    max_body_size: int | None
    """The limit that the route or the application set, in bytes; None is no limit."""
    displaced_by: Exception | None
    """Why a 413 was sent in the place of the route's own reply: exits see it, and nobody else does."""

    @property
    def outer_tasks(self) -> list[BackgroundTask]:
        """Tasks of middleware functions' responses, outermost first: run after the reply, before the endpoint's own."""
        ...

    @property
    def request(self) -> Request:
        """Starlette's Request over `scope`, one per exchange."""
        ...

    async def body(self) -> bytes:
        """The whole body, kept for the next call.

        Raises HTTPException 413 past `max_body_size`, and ClientDisconnect when the client left before its end.
        """
        ...

    @property
    def reader(self) -> Receive:
        """Where the body comes from; what a middleware that reads it is given to read from."""
        ...

    def read_from(self, reader: Receive) -> None:
        """Let the body come from `reader`: a middleware that read some of it gives the rest, or its own."""
        ...

    async def receive(self) -> Message: ...
    async def send(self, message: Message) -> None: ...

    async def watch(self, on_leave: Callable[[], None]) -> bool:
        """Call `on_leave` when the client leaves, until `unwatch`. True if it has left by now."""
        ...

    async def unwatch(self) -> None: ...

    async def materialise(self, reply: Reply) -> Reply:
        """A reply with a head and a content for one that only an ASGI application can give; others as they are."""
        ...

    def spawn(self, run: Callable[[], Coroutine[Any, Any, None]], /) -> object:
        """Start a task in this exchange's context that may outlive its caller."""
        ...

    async def finish_here(self, error: BaseException | None) -> None:
        """What `finish` does, in the task that opened things; for a `finisher` to await."""
        ...

    async def close(self, error: BaseException | None) -> BaseException | None:
        """Run the request-scoped exits now because `respond` raised `error`; return what is still raised."""
        ...

    async def finish(self, error: BaseException | None) -> None:
        """End the exchange: once, in the task that opened things, whatever reply was sent.

        Background tasks if there is no error, then request-scoped exits, which receive what was raised, then
        uploaded files are closed. Raises what the tasks or the exits raise.
        """
        ...


class WebSocketConnection(Connection, Protocol):
    """One websocket, from its opening request to its close."""

    @property
    def websocket(self) -> Any:
        """Starlette's WebSocket over `scope`, one per connection."""
        ...


Responder = Callable[[Exchange], Awaitable[Reply]]
"""The compiled function of a route."""

WebSocketResponder = Callable[[WebSocketConnection], Awaitable[None]]
"""The compiled function of a websocket route."""


class Resolution(Protocol):
    """One use of dependencies without a request, as generated code sees it."""

    app: Any
    background: BackgroundTasks | None

    def request_stack(self) -> ExitStack: ...
    def function_stack(self) -> ExitStack: ...


Caller = Callable[[Resolution, tuple[Any, ...], dict[str, Any]], Awaitable[Any]]
"""The compiled function of `app.resolve` and `@app.inject`: what was resolved, or what the function returned."""

Finder = Callable[[Exchange], Responder]
"""The compiled router: sets `route` and `path_params` on the exchange and returns what answers it.

It always returns a responder: a path that nothing matches gets one that raises HTTPException 404, a wrong
method one that raises 405, a slash too many or too few one that redirects.
"""

Dispatch = Callable[[Exchange], Awaitable[Reply]]
"""Find, respond, application error step; what middleware wraps."""

Wrap = Callable[[Exchange, Dispatch], Awaitable[Reply]]
"""A middleware that knows exchanges: it may answer by itself or await the dispatch it was given."""


class Pipeline(Protocol):
    """An application as the transport sees it: what it calls for each exchange, natively or behind ASGI."""

    dispatch: Dispatch
    """All middleware that knows exchanges, around find, respond and the application error step."""
    select: Callable[[Exchange], Responder] | None
    """Find alone, where no middleware stands around it; None where only `dispatch` will do.

    Whoever calls it awaits the responder itself, and `recover` for what either raised.
    """
    is_outermost: bool
    """Nothing of the application stands outside; else errors are raised through what does."""

    async def recover(self, exchange: Exchange, error: Exception) -> Reply:
        """The route's and the application's error step, for an error of `select` or of the responder."""
        ...

    async def server_error(self, exchange: Exchange, error: Exception) -> Reply:
        """The outermost step: the reply to an error that nothing handled. The transport then reports the error."""
        ...

    async def application_error(self, exchange: Exchange, error: Exception) -> Reply:
        """The application error step for an error of `reply.application` before it began to answer.

        Raises what no handler takes.
        """
        ...

    async def late_error(self, exchange: Exchange, error: Exception) -> Exception:
        """The three error steps for an error after the reply began: no reply, only the error to report."""
        ...
