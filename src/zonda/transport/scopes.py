"""This module closes what a request or a websocket opened: its two exit stacks, guarded against cancellation.

An async generator dependency must be left whatever happens around it. An anyio scope that is cancelled outside (a
timeout in a middleware, a task group of a server) would cancel the exits too, so they run shielded. The shield is
entered before the first dependency, so that scopes which a dependency opens lie inside it and are left in order.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, _AsyncGeneratorContextManager
from types import TracebackType
from typing import TypeVar

from anyio import CancelScope
from anyio.lowlevel import checkpoint_if_cancelled

T = TypeVar("T")


class ShieldedExitStack(AsyncExitStack):
    """An exit stack whose exits an outer cancel scope cannot cancel."""

    def __init__(self, shield: CancelScope) -> None:
        super().__init__()
        self.shield = shield
        self.has_async_generators = False

    async def enter_async_context(self, cm: AbstractAsyncContextManager[T]) -> T:
        self.has_async_generators |= isinstance(cm, _AsyncGeneratorContextManager)
        return await super().enter_async_context(cm)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> bool:
        self.shield.shield = True
        try:
            swallowed = bool(await super().__aexit__(kind, error, trace))
        finally:
            self.shield.shield = False
        if (error is None or swallowed) and self.has_async_generators:
            await checkpoint_if_cancelled()  # a cancellation that the shield kept out is felt now
        return swallowed


class ToldExitStack(AsyncExitStack):
    """An exit stack that shows an error to the connection before its exits see it."""

    tell: Callable[[BaseException | None], object]

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> bool:
        self.tell(error)
        return bool(await super().__aexit__(kind, error, trace))


class ToldShieldedExitStack(ToldExitStack, ShieldedExitStack):
    """Both."""


class OpenScopes:
    """The exit stacks of one request, opened when they are first asked for."""

    __slots__ = ("_shield", "function", "has_outer_scopes", "request")

    def __init__(self, has_outer_scopes: bool) -> None:
        self.has_outer_scopes = has_outer_scopes
        """An anyio scope may exist outside; entering a shield costs, so a task of our own does without."""
        self.request: AsyncExitStack | None = None
        self.function: AsyncExitStack | None = None
        self._shield: CancelScope | None = None

    def open_request(self) -> AsyncExitStack:
        if self.request is None:
            self.request = self._new_stack()
        return self.request

    def open_function(self, tell: Callable[[BaseException | None], object]) -> AsyncExitStack:
        """The stack that the responder leaves by itself, so that nobody else sees the error before."""
        if self.function is None:
            stack = ToldShieldedExitStack(self._entered_shield()) if self.has_outer_scopes else ToldExitStack()
            stack.tell = tell
            self.function = stack
        return self.function

    def _new_stack(self) -> AsyncExitStack:
        return ShieldedExitStack(self._entered_shield()) if self.has_outer_scopes else AsyncExitStack()

    def _entered_shield(self) -> CancelScope:
        if self._shield is None:
            self._shield = CancelScope()
            self._shield.__enter__()
        return self._shield

    async def close(self, error: BaseException | None) -> BaseException | None:
        """Leave what is open, the function scope first; return what is raised in the end."""
        function, self.function = self.function, None
        request, self.request = self.request, None
        if function is not None:
            error = await _leave(function, error)
        if request is not None:
            error = await _leave(request, error)
        if self._shield is not None:
            self._shield.__exit__(None, None, None)
            self._shield = None
        return error


async def _leave(stack: AsyncExitStack, error: BaseException | None) -> BaseException | None:
    try:
        if error is None:
            await stack.__aexit__(None, None, None)
            return None
        swallowed = await stack.__aexit__(type(error), error, error.__traceback__)
    except BaseException as raised:  # noqa: BLE001  (an exit may raise anything; it becomes the error)
        return raised
    return None if swallowed else error
