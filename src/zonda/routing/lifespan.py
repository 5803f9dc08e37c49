"""This module merges the lifespans of an application, its routers and, when asked, of what is mounted."""

from __future__ import annotations

import contextlib
import functools
import inspect
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager, AsyncExitStack, asynccontextmanager
from typing import Any, TypeVar

from starlette.applications import Starlette
from starlette.routing import BaseRoute, Mount
from starlette.routing import _DefaultLifespan as StarletteDefaultLifespan

from zonda.routing.contexts import iter_route_contexts

_Self = TypeVar("_Self")
T = TypeVar("T")

LifespanContext = Callable[[Any], AbstractAsyncContextManager[Any]]


class _AsyncLiftContextManager(AbstractAsyncContextManager[T]):
    """A context manager as an asynchronous one."""

    def __init__(self, plain: AbstractContextManager[T]) -> None:
        self._plain = plain

    async def __aenter__(self) -> T:
        return self._plain.__enter__()

    async def __aexit__(self, *raised: Any) -> bool | None:
        return self._plain.__exit__(*raised)


def _wrap_gen_lifespan_context(lifespan_context: Callable[[Any], Any]) -> LifespanContext:
    """A lifespan written as a plain generator function."""
    manager = contextlib.contextmanager(lifespan_context)

    @functools.wraps(manager)
    def lifespan(app: Any) -> AbstractAsyncContextManager[Any]:
        return _AsyncLiftContextManager(manager(app))

    return lifespan


class _DefaultLifespan:
    """The lifespan of a router that was given none: its startup and shutdown functions."""

    def __init__(self, router: Any) -> None:
        self._router = router

    async def __aenter__(self) -> None:
        await self._router._startup()

    async def __aexit__(self, *exc_info: object) -> None:
        await self._router._shutdown()

    def __call__(self: _Self, app: object) -> _Self:
        return self


def as_lifespan(router: Any, lifespan: Any) -> LifespanContext:
    """The lifespan that a router was given, as a function that makes a context manager."""
    if lifespan is None:
        return _DefaultLifespan(router)
    if inspect.isasyncgenfunction(lifespan):
        return asynccontextmanager(lifespan)
    if inspect.isgeneratorfunction(lifespan):
        return _wrap_gen_lifespan_context(lifespan)
    return lifespan  # type: ignore[no-any-return]  # the user's function


def _merge_lifespan_context(original_context: LifespanContext, nested_context: LifespanContext) -> LifespanContext:
    """Enter both, the nested one inside; where both name a key of the state, the original's value stays."""

    @asynccontextmanager
    async def merged_lifespan(app: Any) -> AsyncIterator[Mapping[str, Any] | None]:
        async with original_context(app) as original_state, nested_context(app) as nested_state:
            if original_state is None and nested_state is None:
                yield None
            else:
                yield {**(nested_state or {}), **(original_state or {})}

    return merged_lifespan


def with_mounted(own: LifespanContext, mounted: Sequence[Starlette]) -> LifespanContext:
    """Enter the lifespans of mounted applications inside the application's own; each gets itself as argument."""

    @asynccontextmanager
    async def lifespan(app: Any) -> AsyncIterator[Mapping[str, Any] | None]:
        async with own(app) as state, AsyncExitStack() as stack:
            for sub_application in mounted:
                context = whole_lifespan(sub_application)(sub_application)
                inner: Mapping[str, Any] | None = await stack.enter_async_context(context)
                if inner:
                    state = {**inner, **(state or {})}
            yield state

    return lifespan


def whole_lifespan(app: Starlette) -> LifespanContext:
    """An application's lifespan inside what it starts by itself."""
    own: LifespanContext = app.router.lifespan_context
    drains = getattr(app.router, "drains", None)
    return own if drains is None else drains.around(own)


def mounted_applications(routes: Sequence[BaseRoute]) -> dict[str, Starlette]:
    """The applications mounted among these routes that have something to start or to end, by their paths."""
    found = {}
    for context in iter_route_contexts(routes):
        app = getattr(context.original_route, "_base_app", None)
        if isinstance(context.original_route, Mount) and isinstance(app, Starlette) and has_lifespan(app):
            found[context.path or "/"] = app
    return found


def has_lifespan(app: Starlette) -> bool:
    context = app.router.lifespan_context
    drains = getattr(app.router, "drains", None)
    if drains is not None and drains.declared:
        return True
    if isinstance(context, _DefaultLifespan):
        return bool(context._router.on_startup or context._router.on_shutdown)
    return not isinstance(context, StarletteDefaultLifespan)
