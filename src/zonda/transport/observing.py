"""This module tells observers of requests that were answered: once each, when the last byte was handed on.

    native path     the writer knows status and size; `answer_observed` tells what never came to its end
    ASGI            `observe_application` watches what the application sends, whatever server called

Both give what is read of a request when it is asked for, so that an observer pays for what it looks at.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Coroutine, Sequence
from time import perf_counter
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from zonda.extensions import Finished, Observer
from zonda.seams import ASGIApp, Message, Receive, Scope, Send

if TYPE_CHECKING:
    from zonda.transport.native import NativeExchange

OBSERVED = "zonda.observed"
"""The scope's key for what an application hears of a request that came through ASGI."""

_is_address = re.compile(r"[0-9A-Za-z.:%_\[\]-]*").fullmatch

logger = logging.getLogger("zonda")


def tell(observers: Sequence[Observer], finished: Finished) -> None:
    """Tell all; the error of one is logged, and concerns neither the others nor the client."""
    for observer in observers:
        try:
            observer.observe(finished)
        except Exception:
            logger.exception("The observer %r failed at %s %s.", observer, finished.method, finished.path)


# The native path


class FinishedNatively:
    """extensions.Finished, over an exchange."""

    __slots__ = ("error", "exchange", "seconds", "size", "status")

    def __init__(self, exchange: NativeExchange, status: int | None, size: int, seconds: float) -> None:
        self.exchange = exchange
        self.status = status
        self.size = size
        self.seconds = seconds
        self.error = exchange.error

    @property
    def method(self) -> str:
        return self.exchange.method

    @property
    def template(self) -> str | None:
        found = self.exchange.found
        return None if found is None else found.template

    @property
    def path(self) -> str:
        scope = self.exchange.made_scope  # what the application changed counts
        path: str = self.exchange.path if scope is None else scope["path"]
        return path

    @property
    def query_string(self) -> bytes:
        scope = self.exchange.made_scope
        query_string: bytes = self.exchange.query_string if scope is None else scope["query_string"]
        return query_string

    @property
    def http_version(self) -> str:
        return self.exchange.version

    @property
    def client(self) -> tuple[str, int] | None:
        scope = self.exchange.made_scope
        found: Any = self.exchange.connection.origin_of(self.exchange)[0] if scope is None else scope["client"]
        return found and (found[0], found[1])


async def answer_observed(
    answer: Callable[[NativeExchange], Coroutine[Any, Any, None]], exchange: NativeExchange
) -> None:
    """Answer a request of a connection that has observers."""
    exchange.began = perf_counter()
    try:
        await answer(exchange)
    finally:
        if not exchange.is_told:
            writer = exchange._writer
            if writer is None:
                tell_natively(exchange, exchange.refused_with, 0)
            else:
                tell_natively(exchange, writer.wire.status, writer.size)


def tell_natively(exchange: NativeExchange, status: int | None, size: int) -> None:
    exchange.is_told = True
    # What was never started, because the server had too much to do, took no time.
    seconds = 0.0 if exchange.began is None else perf_counter() - exchange.began
    tell(exchange.connection.observers or (), FinishedNatively(exchange, status, size, seconds))


class AccessLog:
    """Uvicorn's access log: one record of `uvicorn.access` with the five arguments that its formatter unpacks."""

    def __init__(self, logger: logging.Logger) -> None:
        self.logger = logger

    def observe(self, finished: Finished) -> None:
        if finished.status is None:
            return
        client, query_string = finished.client, finished.query_string
        target = quote(finished.path)
        if query_string:
            target = f"{target}?{query_string.decode('ascii', 'backslashreplace')}"
        self.logger.info(
            '%s - "%s %s HTTP/%s" %d',
            f"{readable(client[0])}:{client[1]}" if client else "",
            finished.method,
            target,
            finished.http_version,
            finished.status,
        )


def readable(host: str) -> str:
    """A client's address. Behind a proxy it is what a field says: text that must not speak to a terminal."""
    return host if _is_address(host) else quote(host, safe=":[]%")


# ASGI


class FinishedOverASGI:
    """extensions.Finished, over a scope; watches what is sent until then."""

    def __init__(self, app: object, observers: Sequence[Observer], scope: Scope, send: Send) -> None:
        self.app = app
        self.scope = scope
        self.found: Any = None
        """What the application found for it, told by the exchange."""
        self.status: int | None = None
        self.size = 0
        self.seconds = 0.0
        self.error: BaseException | None = None
        self._observers = observers
        self._send = send
        self._began = perf_counter()
        self._is_told = False

    @property
    def method(self) -> str:
        method: str = self.scope["method"]
        return method

    @property
    def template(self) -> str | None:
        template: str | None = None if self.found is None else self.found.template
        return template

    @property
    def path(self) -> str:
        path: str = self.scope["path"]
        return path

    @property
    def query_string(self) -> bytes:
        query_string: bytes = self.scope.get("query_string", b"")
        return query_string

    @property
    def http_version(self) -> str:
        version: str = self.scope.get("http_version", "1.1")
        return version

    @property
    def client(self) -> tuple[str, int] | None:
        client = self.scope.get("client")
        return client and (client[0], client[1])

    async def send(self, message: Message) -> None:
        await self._send(message)
        kind = message["type"]
        if kind == "http.response.start":
            self.status = message["status"]
        elif kind == "http.response.body":
            if self.method != "HEAD":
                self.size += len(message.get("body", b""))
            # Whether an error is behind a 500 turns out when the application ends.
            if not message.get("more_body", False) and self.status != 500:
                self.tell()

    def tell(self) -> None:
        if not self._is_told:
            self._is_told = True
            self.seconds = perf_counter() - self._began
            tell(self._observers, self)


def is_observed(owner: object, scope: Scope) -> bool:
    """The observers of `owner` are told of this request already."""
    observed = scope.get(OBSERVED)
    return observed is not None and observed.app is owner


async def observe_application(
    owner: object, app: ASGIApp, observers: Sequence[Observer], scope: Scope, receive: Receive, send: Send
) -> None:
    """Let `app`, the application `owner` as ASGI, answer a request that its observers hear of."""
    outer = scope.get(OBSERVED)
    finished = scope[OBSERVED] = FinishedOverASGI(owner, observers, scope, send)
    try:
        await app(scope, receive, finished.send)
    except BaseException as error:
        finished.error = error
        raise
    finally:
        finished.tell()
        if outer is None:
            scope.pop(OBSERVED, None)
        else:
            scope[OBSERVED] = outer
