"""This module closes what a request or a websocket opened: its two exit stacks, guarded against cancellation.

An async generator dependency must be left whatever happens around it. An anyio scope that is cancelled outside (a
timeout in a middleware, a task group of a server) would cancel the exits too, so they run shielded. The shield is
entered before the first dependency, so that scopes which a dependency opens lie inside it and are left in order.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, _AsyncGeneratorContextManager
from types import TracebackType
from typing import Any, Self, TypeVar

from anyio import CancelScope
from anyio.lowlevel import checkpoint_if_cancelled

from zonda.runtime.dependencies import OpenGenerator

T = TypeVar("T")
E = TypeVar("E", bound=Any)
Tell = Callable[[BaseException | None], object]


class GeneratorExitStack(AsyncExitStack):
    """An exit stack that dependencies with `yield` are entered into as the generators that they are."""

    async def enter_generator(self, generator: AsyncGenerator[T]) -> T:
        """Take the generator to its `yield`; it is left as contextlib leaves what `asynccontextmanager` makes."""
        return await self.enter_async_context(OpenGenerator(generator))


class QuickExitStack:
    """An exit stack without contextlib's detours for errors as long as there is none.

    PERF: most requests open a generator or two and leave them without an error (benchmark `dependencies`). It is no
    subclass, because CPython is slow to make an instance of a class that has a metaclass.
    """

    def __init__(self) -> None:
        self._exits: list[AsyncGenerator[Any] | GeneratorExitStack] = []
        """What is open, the last one innermost: generators, and stacks of all else."""

    async def enter_generator(self, generator: AsyncGenerator[T]) -> T:
        try:
            value = await anext(generator)
        except StopAsyncIteration:
            raise RuntimeError("generator didn't yield") from None
        self._exits.append(generator)
        return value

    async def enter_async_context(self, cm: AbstractAsyncContextManager[T, bool | None]) -> T:
        return await self._innermost_stack().enter_async_context(cm)

    def push_async_exit(self, leave: E) -> E:
        return self._innermost_stack().push_async_exit(leave)

    def callback(self, function: Callable[..., object], /, *args: Any, **kwargs: Any) -> None:
        self._innermost_stack().callback(function, *args, **kwargs)

    def _innermost_stack(self) -> GeneratorExitStack:
        innermost = self._exits[-1] if self._exits else None
        if not isinstance(innermost, GeneratorExitStack):
            innermost = GeneratorExitStack()
            self._exits.append(innermost)
        return innermost

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> bool:
        if error is None:
            await self.leave()
            return False
        return await self._leave_because_of(error)

    async def leave(self) -> None:
        """Leave everything because nothing is wrong; raises what is raised in the end."""
        exits = self._exits
        try:
            while exits:
                innermost = exits.pop()
                if isinstance(innermost, GeneratorExitStack):
                    await innermost.__aexit__(None, None, None)
                    continue
                try:
                    await anext(innermost)
                except StopAsyncIteration:
                    continue
                await _refuse_second_yield(innermost)
        except BaseException as error:
            if not await self._leave_because_of(error):  # the exits that are left see it
                raise

    async def _leave_because_of(self, error: BaseException) -> bool:
        """Leave what is left as contextlib does; True if the error was swallowed."""
        rest = AsyncExitStack()
        for item in self._exits:
            rest.push_async_exit(item if isinstance(item, GeneratorExitStack) else OpenGenerator(item))
        self._exits.clear()
        return bool(await rest.__aexit__(type(error), error, error.__traceback__))


async def _refuse_second_yield(generator: AsyncGenerator[Any]) -> None:
    try:
        raise RuntimeError("generator didn't stop")
    finally:
        await generator.aclose()


class ShieldedExitStack(GeneratorExitStack):
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


class ToldExitStack(GeneratorExitStack):
    """An exit stack that shows an error to the connection before its exits see it."""

    tell: Tell

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> bool:
        self.tell(error)
        return bool(await super().__aexit__(kind, error, trace))


class ToldShieldedExitStack(ToldExitStack, ShieldedExitStack):
    """Both."""


class OpenScopes:
    """The exit stacks of one request, opened when they are first asked for."""

    def __init__(self, has_outer_scopes: bool) -> None:
        self.has_outer_scopes = has_outer_scopes
        """An anyio scope may exist outside; entering a shield costs, so a task of our own does without."""
        self.request: GeneratorExitStack | QuickExitStack | None = None
        self.function: GeneratorExitStack | None = None
        self._shield: CancelScope | None = None

    def open_request(self, tell: Tell | None = None) -> GeneratorExitStack | QuickExitStack:
        """`tell` is called with an error where the responder leaves the stack by itself."""
        if self.request is None:
            self.request = self._new_stack() if tell is None else self._told_stack(tell)
        return self.request

    def open_function(self, tell: Tell) -> GeneratorExitStack:
        """The stack that the responder leaves by itself, so that nobody else sees the error before."""
        if self.function is None:
            self.function = self._told_stack(tell)
        return self.function

    def _new_stack(self) -> GeneratorExitStack | QuickExitStack:
        return ShieldedExitStack(self._entered_shield()) if self.has_outer_scopes else QuickExitStack()

    def _told_stack(self, tell: Tell) -> GeneratorExitStack:
        stack = ToldShieldedExitStack(self._entered_shield()) if self.has_outer_scopes else ToldExitStack()
        stack.tell = tell
        return stack

    def _entered_shield(self) -> CancelScope:
        if self._shield is None:
            self._shield = CancelScope()
            self._shield.__enter__()
        return self._shield

    def take_quick(self) -> QuickExitStack | None:
        """The request scope if it is all that is open and is left without a shield; else None."""
        request = self.request
        return request if isinstance(request, QuickExitStack) and self.function is None else None

    async def close_function(self, error: BaseException | None) -> BaseException | None:
        """Leave the function scope alone; return what is raised in the end."""
        function, self.function = self.function, None
        return error if function is None else await _leave(function, error)

    async def close(self, error: BaseException | None) -> BaseException | None:
        """Leave what is open, the function scope first; return what is raised in the end."""
        error = await self.close_function(error)
        request, self.request = self.request, None
        if request is not None:
            error = await _leave(request, error)
        if self._shield is not None:
            self._shield.__exit__(None, None, None)
            self._shield = None
        return error


async def _leave(stack: GeneratorExitStack | QuickExitStack, error: BaseException | None) -> BaseException | None:
    try:
        if error is None:
            await stack.__aexit__(None, None, None)
            return None
        swallowed = await stack.__aexit__(type(error), error, error.__traceback__)
    except BaseException as raised:  # noqa: BLE001  (an exit may raise anything; it becomes the error)
        return raised
    return None if swallowed else error
