"""This module tells how a callable is run: in a thread, awaited, or as a generator.

Wrappers made with `functools.wraps`, partials and instances with `__call__` count as what they wrap.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterator
from functools import lru_cache, partial
from typing import Any

from zonda.analysis.kinds import CallKind
from zonda.analysis.signatures import underlying

if sys.version_info >= (3, 13):
    from inspect import iscoroutinefunction
else:
    from asyncio import iscoroutinefunction  # before 3.13 only asyncio's sees functions marked as coroutines


class _CallIdentity:
    """A callable as a key of a cache: by identity, since callables may be equal and differ, or have no hash."""

    __slots__ = ("call",)

    def __init__(self, call: Callable[..., Any]) -> None:
        self.call = call

    def __hash__(self) -> int:
        return id(self.call)

    def __eq__(self, other: object) -> bool:
        return other.call is self.call if isinstance(other, _CallIdentity) else NotImplemented


def _layers(call: Any) -> Iterator[Any]:
    """The callable itself, what it wraps, and the same of its `__call__` if it is an instance."""
    while isinstance(call, partial):
        call = call.func
    inner = underlying(call)
    for layer in (call, inner):
        yield layer
        if not inspect.isclass(layer) and not inspect.isroutine(layer):
            method = getattr(layer, "__call__", None)  # noqa: B004  (asked for itself, not for being callable)
            yield method
            yield underlying(method)


@lru_cache(maxsize=4096)
def _is_gen_callable_cached(call_identity: _CallIdentity) -> bool:
    return any(inspect.isgeneratorfunction(layer) for layer in _layers(call_identity.call))


@lru_cache(maxsize=4096)
def _is_async_gen_callable_cached(call_identity: _CallIdentity) -> bool:
    return any(inspect.isasyncgenfunction(layer) for layer in _layers(call_identity.call))


@lru_cache(maxsize=4096)
def _is_coroutine_callable_cached(call_identity: _CallIdentity) -> bool:
    return any(iscoroutinefunction(layer) for layer in _layers(call_identity.call) if not inspect.isclass(layer))


def is_gen_callable(call: Callable[..., Any] | None) -> bool:
    return call is not None and _is_gen_callable_cached(_CallIdentity(call))


def is_async_gen_callable(call: Callable[..., Any] | None) -> bool:
    return call is not None and _is_async_gen_callable_cached(_CallIdentity(call))


def is_coroutine_callable(call: Callable[..., Any] | None) -> bool:
    return call is not None and _is_coroutine_callable_cached(_CallIdentity(call))


def is_generator(call: Callable[..., Any] | None) -> bool:
    """Of either kind."""
    return is_gen_callable(call) or is_async_gen_callable(call)


class StandIn:
    """Stands in a dependency tree for a function that is called at another time: its value is the arguments."""

    def __init__(self, call: Callable[..., Any], signature: inspect.Signature) -> None:
        self.call = call
        self.__signature__ = signature
        self.__name__ = name_of(call)
        self.step: Any = None
        """What calls it: an `analysis.steps.BoundStep`."""

    async def __call__(self, **arguments: Any) -> dict[str, Any]:
        return arguments


def call_kind(call: Callable[..., Any]) -> CallKind:
    """An asynchronous wrapper around a plain generator runs as the wrapper does."""
    if is_async_gen_callable(call):
        return CallKind.ASYNC_GENERATOR
    if is_gen_callable(call):
        return CallKind.GENERATOR
    if is_coroutine_callable(call):
        return CallKind.COROUTINE
    return CallKind.FUNCTION


def name_of(call: Any) -> str:
    """The user's name for a callable: of the function, or of the class of an instance."""
    while isinstance(call, partial):
        call = call.func
    name = getattr(call, "__name__", None)
    return name if isinstance(name, str) else type(call).__name__


def source_of(call: Any) -> tuple[str, int] | None:
    """File and line where a callable was written; None for what was not written in Python."""
    target = underlying(call.call if isinstance(call, StandIn) else call)
    if not inspect.isclass(target) and not inspect.isroutine(target):
        target = type(target)
    code = getattr(target, "__code__", None)
    if code is not None:
        return code.co_filename, code.co_firstlineno
    try:
        return inspect.getsourcefile(target) or inspect.getfile(target), inspect.getsourcelines(target)[1]
    except (OSError, TypeError):
        return None
