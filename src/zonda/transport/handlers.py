"""This module finds and calls exception handlers, level by level: the innermost router's, ..., the application's.

    Handlers of a router ── outer ──▶ Handlers of the router around it ── outer ──▶ those of the application

Within one level it is Starlette's rule: the handler of the status, else that of the nearest class. A level further in
comes first, whatever it names. What a handler raises is for the levels outside its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette._utils import is_async_callable
from starlette.exceptions import HTTPException

from zonda.concurrency import run_in_threadpool
from zonda.runtime.error_replies import own_reply
from zonda.runtime.results import reply_with
from zonda.seams import Exchange, Reply, Scope

ExceptionHandler = Callable[..., Any]

HANDLERS_KEY = "starlette.exception_handlers"


@dataclass(frozen=True, slots=True)
class Handlers:
    """The exception handlers of one level, as they were when the stack was built."""

    by_class: Mapping[type[Exception], ExceptionHandler] = field(default_factory=dict)
    by_status: Mapping[int, ExceptionHandler] = field(default_factory=dict)
    outer: Handlers | None = None
    """Those of the next level out; None for the application's."""
    in_scope: tuple[Mapping[Any, ExceptionHandler], Mapping[int, ExceptionHandler]] = field(
        init=False, repr=False, compare=False
    )
    """What Starlette's own error steps find in a scope."""

    def __post_init__(self) -> None:
        is_outermost = self.outer is None
        in_scope = (self.by_class, self.by_status) if is_outermost else (_ByClass(self), _by_status(self))
        object.__setattr__(self, "in_scope", in_scope)

    @classmethod
    def of(cls, given: Mapping[Any, ExceptionHandler], outer: Handlers | None = None) -> Handlers:
        """Those that were declared in one mapping, by class or by status."""
        by_status = {key: handler for key, handler in given.items() if isinstance(key, int)}
        by_class = {key: handler for key, handler in given.items() if not isinstance(key, int)}
        return cls(by_class, by_status, outer)

    def handler_of(self, error: Exception) -> ExceptionHandler | None:
        """The handler of the innermost level that has one."""
        found = self.find(error)
        return None if found is None else found[0]

    def find(self, error: Exception) -> tuple[ExceptionHandler, Handlers | None] | None:
        """The handler, and the levels outside of its own."""
        status = error.status_code if isinstance(error, HTTPException) else None
        kinds = type(error).__mro__
        level: Handlers | None = self
        while level is not None:
            handler = level.by_status.get(status) if status is not None else None
            if handler is not None:
                return handler, level.outer
            for kind in kinds:
                handler = level.by_class.get(kind)
                if handler is not None:
                    return handler, level.outer
            level = level.outer
        return None

    def levels(self) -> Iterator[Handlers]:
        """This level and those outside."""
        level: Handlers | None = self
        while level is not None:
            yield level
            level = level.outer


async def answer_with(subject: Any, error: Exception, handler: ExceptionHandler) -> Any:
    """What a handler returns; a function without `async` runs in a thread."""
    if is_async_callable(handler):
        return await handler(subject, error)
    return await run_in_threadpool(handler, subject, error)


async def handled(exchange: Exchange, error: Exception, handlers: Handlers) -> Reply:
    """The reply of the handler for this error; the error itself is raised again if there is none."""
    exchange.background = None  # tasks belong to the reply that will not be, also if a middleware makes another one
    level: Handlers | None = handlers
    while level is not None:
        found = level.find(error)
        if found is None:
            break
        handler, level = found
        try:
            reply = await _reply_of(exchange, error, handler)
        except Exception as raised:
            if level is None:
                raise
            error = raised
        else:
            error.__traceback__ = None  # an instance that is raised again and again would collect tracebacks
            return reply
    raise error


async def _reply_of(exchange: Exchange, error: Exception, handler: ExceptionHandler) -> Reply:
    reply = own_reply(handler, error)
    if reply is not None:
        return reply
    response = await answer_with(exchange.request, error, handler)
    if response is None:
        raise RuntimeError(f"The exception handler {handler!r} returned no response.") from error
    return reply_with(exchange, response)


# In a scope, for what runs step by step


def publish_handlers(scope: Scope, handlers: Handlers) -> None:
    """Tell Starlette's own error steps whom to ask."""
    scope[HANDLERS_KEY] = handlers.in_scope


class _ByClass(Mapping[type[Exception], ExceptionHandler]):
    """What Starlette takes for a dict of classes: it asks for an error's own class first, which finds all levels'."""

    def __init__(self, handlers: Handlers) -> None:
        self._handlers = handlers
        self._outward = outward(handlers)

    def __getitem__(self, kind: type[Exception]) -> ExceptionHandler:
        for level in self._handlers.levels():
            handler = next((level.by_class[base] for base in kind.__mro__ if base in level.by_class), None)
            if handler is not None:
                return handler if level.outer is None else self._outward
        raise KeyError(kind)

    def __iter__(self) -> Iterator[type[Exception]]:
        return iter({kind: None for level in self._handlers.levels() for kind in level.by_class})

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _by_status(handlers: Handlers) -> Mapping[int, ExceptionHandler]:
    by_status: dict[int, ExceptionHandler] = {}
    for level in handlers.levels():
        for status, handler in level.by_status.items():
            by_status.setdefault(status, handler if level.outer is None and level is handlers else outward(handlers))
    return by_status


def outward(handlers: Handlers) -> ExceptionHandler:
    """One handler that stands for all levels: what one raises, the next one out is asked about."""

    async def answer(connection: Any, error: Exception) -> Any:
        level: Handlers | None = handlers
        while level is not None:
            found = level.find(error)
            if found is None:
                break
            handler, level = found
            try:
                return await answer_with(connection, error, handler)
            except Exception as raised:
                if level is None:
                    raise
                error = raised
        raise error

    return answer


def handlers_in(scope: Scope) -> Handlers:
    """Those that stand around whoever was given this scope."""
    by_class, by_status = scope.get(HANDLERS_KEY, ({}, {}))
    return Handlers(by_class, by_status)
