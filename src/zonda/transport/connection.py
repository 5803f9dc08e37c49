"""This module holds what a request and a websocket have in common: what came, and what was opened for it."""

from __future__ import annotations

from typing import Any, Protocol

from starlette.background import BackgroundTasks
from starlette.datastructures import FormData, Headers, QueryParams
from starlette.requests import cookie_parser
from starlette.responses import Response
from starlette.routing import BaseRoute

from zonda.exceptions import ValidationException
from zonda.seams import ExitStack, Scope
from zonda.transport.observing import OBSERVED
from zonda.transport.scopes import GeneratorExitStack, OpenScopes

NO_VALUES: dict[str, Any] = {}
"""The path's values where there are none; replaced before anyone who may change them sees them."""


class Found(Protocol):
    """What answers a connection, as far as the scope is concerned."""

    has_values: bool
    """The path's values belong to it; the scope has none where nothing was found."""

    @property
    def template(self) -> str | None:
        """The path as it was declared; None where nothing was found."""
        ...

    def publish(self, scope: Scope) -> None:
        """Write the route and its circumstances into the scope."""
        ...


class BaseConnection:
    """One opening request: seams.Connection over an ASGI scope, or over the wire in a subclass.

    PERF: defaults of what few requests change stand on the class. What every request changes has none there, since
    CPython is slow to give an instance what its class has, too (benchmark `hello`).
    """

    app: Any
    route: BaseRoute | None
    found: Found | None
    """What the finder found; it has more to tell the scope than the route."""
    path_params: dict[str, Any]

    made_scope: Scope | None = None
    """The ASGI scope if anyone has asked for it yet."""
    has_outer_scopes = True
    """Anyio scopes may exist around the task that answers, so exits are shielded from them."""

    is_limited_outside = False
    """The application's `max_body_size` counts, which stands outside all middleware."""
    response: Response | None = None
    background: BackgroundTasks | None = None
    form: FormData | None = None
    """The parsed form; its files are closed at the end."""

    _query_params: QueryParams | None = None
    _header_map: Headers | None = None
    _cookies: dict[str, str] | None = None
    _open: OpenScopes | None

    def __init__(self, scope: Scope) -> None:
        self.made_scope = scope
        self.app = scope.get("app")
        self.route = self.found = self._open = None
        self.path: str = scope["path"]
        self.root_path: str = scope.get("root_path", "")
        self.query_string: bytes = scope.get("query_string", b"")
        self.path_params = scope.get("path_params", {})
        headers = scope["headers"]
        if not isinstance(headers, list):
            headers = scope["headers"] = [(bytes(name), bytes(value)) for name, value in headers]
        self.headers: list[tuple[bytes, bytes]] = headers

    @property
    def scope(self) -> Scope:
        scope = self.made_scope
        if scope is None:
            scope = self.made_scope = self._make_scope()
            self.publish()
        return scope

    def _make_scope(self) -> Scope:
        raise RuntimeError("This connection was made without a scope.")

    def publish(self) -> None:
        """Tell the scope what was found; nothing to do until someone has asked for the scope."""
        scope = self.made_scope
        if scope is None:
            return
        if self.app is not None:
            scope["app"] = self.app
        if self.found is not None:
            observed = scope.get(OBSERVED)
            if observed is not None and observed.app is self.app:
                observed.found = self.found
            if self.found.has_values:
                if self.path_params is NO_VALUES:
                    self.path_params = {}
                scope["path_params"] = self.path_params
            self.found.publish(scope)

    def reread(self) -> None:
        """Take over what a middleware changed in the scope: path, query, headers."""
        scope = self.made_scope
        if scope is None:
            return
        self.path = scope["path"]
        self.root_path = scope.get("root_path", "")
        query_string = scope.get("query_string", b"")
        if query_string != self.query_string:
            self.query_string = query_string
        if scope["headers"] is not self.headers:
            scope["headers"] = self.headers = list(scope["headers"])
        self._query_params = self._header_map = self._cookies = None

    @property
    def query_params(self) -> QueryParams:
        params = self._query_params
        if params is None:
            params = self._query_params = QueryParams(self.query_string)
        return params

    @property
    def header_map(self) -> Headers:
        headers = self._header_map
        if headers is None:
            headers = self._header_map = Headers(raw=self.headers)
        return headers

    @property
    def cookies(self) -> dict[str, str]:
        cookies = self._cookies
        if cookies is None:
            cookies = {}
            for name, value in self.headers:
                if name == b"cookie":
                    cookies.update(cookie_parser(value.decode("latin-1")))
            self._cookies = cookies
        return cookies

    def request_stack(self) -> ExitStack:
        scopes = self._open
        if scopes is None:
            scopes = self._open = OpenScopes(self.has_outer_scopes)
        return scopes.request or scopes.open_request()

    def function_stack(self) -> GeneratorExitStack:
        return self._scopes().open_function(self.place)

    def whole_stacks(self) -> tuple[GeneratorExitStack, GeneratorExitStack]:
        """Those of the request and of the function, opened as instances of contextlib's class."""
        scopes = self._scopes()
        request = scopes.open_request(self.place)
        if not isinstance(request, GeneratorExitStack):
            raise RuntimeError("The request's stack was opened before as one that is left more quickly.")
        return request, scopes.open_function(self.place)

    async def leave_function(self) -> None:
        """Close the function scope, whose endpoint returned; raise what is raised in the end."""
        error = None if self._open is None else await self._open.close_function(None)
        if error is not None:
            raise error

    def _scopes(self) -> OpenScopes:
        scopes = self._open
        if scopes is None:
            scopes = self._open = OpenScopes(self.has_outer_scopes)
        return scopes

    @property
    def verb(self) -> str:
        """What stands in front of the path where an operation is named."""
        return "WS"

    def place(self, error: BaseException | None) -> None:
        """Let a validation error name the operation as this connection reached it, before anyone reads its text."""
        if isinstance(error, ValidationException):
            error.place_below(self.verb, self.root_path)

    async def close(self, error: BaseException | None) -> BaseException | None:
        """Run all exits that are still open, because of `error` or without one; return what is raised in the end.

        None although there was an error means that a dependency swallowed it; `response_not_awaited()` is then due.
        """
        self.place(error)
        scopes, self._open = self._open, None
        return error if scopes is None else await scopes.close(error)
