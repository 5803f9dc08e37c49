"""This module keeps what an application has one of: the values of dependencies with `scope="app"`.

    AppScope            of one application
    ├── Once            one value: what generated code reads it from
    └── Keeper          the task in which values are opened, one after the other, and closed in reverse

Values are opened when the lifespan starts, or by whoever first asks for one. They are closed when the lifespan ends
or with the event loop that they were opened in, whichever comes first; the next who asks opens them again.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import Future
from contextlib import AsyncExitStack, asynccontextmanager
from contextvars import Context
from typing import Any
from weakref import WeakValueDictionary

from zonda.analysis.kinds import CallKind
from zonda.analysis.plan import AppDependencyPlan
from zonda.concurrency import run_in_threadpool
from zonda.concurrency.event_loops import runs_on_asyncio
from zonda.runtime.dependencies import opener, threaded_opener
from zonda.security.scopes import SecurityScopes

UNOPENED: Any = object()


class Once:
    """One value of an application: `UNOPENED` until someone asks for it, and again after it was closed."""

    __slots__ = ("__weakref__", "_scope", "plan", "value")

    def __init__(self, plan: AppDependencyPlan, scope: AppScope) -> None:
        self.plan = plan
        self.value = UNOPENED
        self._scope = scope

    async def open(self) -> Any:
        """The value, opened now unless someone else has done so."""
        return await self._scope.open(self)


class AppScope:
    """The values of one application."""

    def __init__(self) -> None:
        self._known: WeakValueDictionary[tuple[Any, ...], Once] = WeakValueDictionary()
        self._keeper: Keeper | None = None
        self._lock = threading.Lock()

    def __reduce__(self) -> tuple[type[AppScope], tuple[()]]:
        return AppScope, ()  # a copy of an application opens its own

    def once(self, plan: AppDependencyPlan) -> Once:
        """Where the value of this plan is; the same for all plans whose values may be shared."""
        with self._lock:
            found = self._known.get(plan.key)
            if found is None:
                found = self._known[plan.key] = Once(plan, self)
            return found

    async def open(self, once: Once) -> Any:
        """Raises what opening it raised; the next who asks tries again."""
        if once.value is not UNOPENED:
            return once.value
        keeper = self._keeper_for(asyncio_loop(once.plan), Context())
        if asyncio.current_task() is keeper.task:  # what is being opened asks for something else
            return await keeper.value_of(once)
        return await keeper.ask(once)

    @asynccontextmanager
    async def running(self, plans: Sequence[AppDependencyPlan]) -> AsyncIterator[None]:
        """Open these values, in order, and close all of this application when the block is left.

        When one fails to open, those before it are closed again, and what it raised is raised.
        """
        keeper = self._keeper_for(asyncio_loop(*plans), None)
        keeper.lifespans += 1
        try:
            for plan in plans:
                once = self.once(plan)
                if once.value is UNOPENED:
                    await keeper.ask(once)
            yield
        finally:
            keeper.lifespans -= 1
            if not keeper.lifespans:
                await keeper.end()

    def _keeper_for(self, loop: asyncio.AbstractEventLoop, context: Context | None) -> Keeper:
        """The one that works, in whichever loop; a new one in this loop if there is none, or its loop stands still."""
        with self._lock:
            keeper = self._keeper
            if keeper is None or keeper.has_ended or not (keeper.loop is loop or keeper.loop.is_running()):
                if keeper is not None:
                    keeper.forget()
                keeper = self._keeper = Keeper(loop, context, self.once)
            return keeper


class Keeper:
    """A task that opens values and closes them, so that scopes which they enter are left where they were entered."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        context: Context | None,
        once: Callable[[AppDependencyPlan], Once],
    ) -> None:
        self.loop = loop
        self.lifespans = 0
        self.has_ended = False
        self._find = once
        self._opened: list[Once] = []
        self._stack = AsyncExitStack()
        self._asked: asyncio.Queue[tuple[Once, Future[Any]] | None] = asyncio.Queue()
        self.task = asyncio.Task(self._work(), loop=loop, name="zonda app scope", context=context)

    async def ask(self, once: Once) -> Any:
        """Have a value opened, from any task of any loop; others get it even if this one is cancelled."""
        answer: Future[Any] = Future()
        answer.set_running_or_notify_cancel()
        self.loop.call_soon_threadsafe(self._asked.put_nowait, (once, answer))
        return await asyncio.wrap_future(answer)

    async def end(self) -> None:
        """Close everything; raises what that raises."""
        self.has_ended = True
        self._asked.put_nowait(None)
        await asyncio.shield(self.task)

    def forget(self) -> None:
        """Its values are no longer given to anyone; they are closed where they were opened."""
        self.has_ended = True
        for once in self._opened:
            once.value = UNOPENED
        self._opened = []

    async def _work(self) -> None:
        try:
            async with self._stack:
                while (asked := await self._next()) is not None:
                    await self._answer(*asked)
                self.forget()
        finally:
            self.forget()
            self._refuse_the_rest()

    async def _next(self) -> tuple[Once, Future[Any]] | None:
        try:
            return await self._asked.get()
        except asyncio.CancelledError:  # the event loop comes to its end
            return None

    async def _answer(self, once: Once, answer: Future[Any]) -> None:
        try:
            value = await self.value_of(once)
        except Exception as error:  # noqa: BLE001  (it is raised where the value was asked for)
            answer.set_exception(error)
        except BaseException as error:
            answer.set_exception(closed(once))
            raise error
        else:
            answer.set_result(value)

    async def value_of(self, once: Once) -> Any:
        """The value, opened with all that it needs; for this task alone to call."""
        if once.value is not UNOPENED:
            return once.value
        plan = once.plan
        arguments: dict[str, Any] = {field.name: default_of(field) for field in plan.defaults}
        for name, needed in plan.needs:
            value = await self.value_of(self._find(needed))
            if name is not None:
                arguments[name] = value
        if plan.scopes_argument is not None:
            arguments[plan.scopes_argument] = SecurityScopes(list(plan.scopes))
        once.value = await self._call(plan, arguments)
        self._opened.append(once)
        return once.value

    async def _call(self, plan: AppDependencyPlan, arguments: dict[str, Any]) -> Any:
        call: Any = plan.call
        match plan.kind:
            case CallKind.COROUTINE:
                return await call(**arguments)
            case CallKind.FUNCTION:
                return await run_in_threadpool(call, **arguments)
            case CallKind.ASYNC_GENERATOR:
                return await self._stack.enter_async_context(opener(call)(**arguments))
            case CallKind.GENERATOR:
                manager = threaded_opener(call, run_in_threadpool)(**arguments)
                return await self._stack.enter_async_context(manager)

    def _refuse_the_rest(self) -> None:
        while not self._asked.empty():
            asked = self._asked.get_nowait()
            if asked is not None:
                asked[1].set_exception(closed(asked[0]))


def asyncio_loop(*plans: AppDependencyPlan) -> asyncio.AbstractEventLoop:
    """The running loop. Raises RuntimeError on trio, where no task may outlive its caller to keep values open."""
    if not runs_on_asyncio():
        names = ", ".join(f"{plan.name}()" for plan in plans)
        raise RuntimeError(
            f'{names} has scope="app", and what an application has one of is opened on asyncio only; this is trio. '
            "Run the application on asyncio, or open it in the lifespan."
        )
    return asyncio.get_running_loop()


def default_of(field: Any) -> Any:
    """What a parameter is given that nothing fills, validated if it asks for that."""
    default = field.get_default()
    return field.validator(default) if field.field_info.validate_default else default


def closed(once: Once) -> RuntimeError:
    return RuntimeError(f"{once.plan.name}() was asked for while the application was closing what it has one of.")
