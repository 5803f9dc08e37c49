"""What code in worker threads, and those who wait for it, can rely on."""

from __future__ import annotations

import asyncio
import contextvars
import inspect
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any, cast

import anyio
import anyio.from_thread
import anyio.lowlevel
import anyio.to_thread
import pytest
import starlette.concurrency

from zonda import concurrency
from zonda.concurrency import (
    asynccontextmanager,
    contextmanager_in_threadpool,
    iterate_in_threadpool,
    run_in_threadpool,
    run_until_first_complete,
)
from zonda.concurrency.pool import current_pool
from zonda.concurrency.threadpool import run_exit_in_threadpool


@pytest.fixture(params=["asyncio", "uvloop", "trio"])
def run(request: pytest.FixtureRequest) -> Callable[..., Any]:
    """Runs an async function on each kind of event loop."""
    if request.param == "uvloop":
        return lambda function: anyio.run(function, backend_options={"use_uvloop": True})
    return lambda function: anyio.run(function, backend=request.param)


def test_fastapis_names_are_here() -> None:
    """`fastapi.concurrency` offers these names with these signatures."""
    assert str(inspect.signature(run_in_threadpool)) == str(inspect.signature(starlette.concurrency.run_in_threadpool))
    assert run_until_first_complete is starlette.concurrency.run_until_first_complete
    assert concurrency.asynccontextmanager is asynccontextmanager
    assert list(inspect.signature(iterate_in_threadpool).parameters) == ["iterator"]
    assert list(inspect.signature(contextmanager_in_threadpool).parameters) == ["cm"]


def test_a_function_runs_in_another_thread(run: Callable[..., Any]) -> None:
    """Arguments go in, the result and the error come out, and the loop's thread stays free."""

    async def main() -> None:
        assert await run_in_threadpool(threading.get_ident) != threading.get_ident()
        assert await run_in_threadpool(dict, [("a", 1)], b=2) == {"a": 1, "b": 2}
        with pytest.raises(ZeroDivisionError):
            await run_in_threadpool(lambda: 1 / 0)

    run(main)


def test_threads_may_call_back(run: Callable[..., Any]) -> None:
    """`anyio.from_thread` works in `def` code: coroutines, functions, and the question about cancellation."""

    async def add_later(a: int, b: int) -> int:
        await anyio.lowlevel.checkpoint()
        return a + b

    def work() -> tuple[int, int]:
        anyio.from_thread.check_cancelled()
        return anyio.from_thread.run(add_later, 1, 2), anyio.from_thread.run_sync(max, 3, 4)

    async def main() -> None:
        assert await run_in_threadpool(work) == (3, 4)

    run(main)


def test_context_variables_are_copied(run: Callable[..., Any]) -> None:
    """A thread sees the caller's context variables; what it sets stays there."""
    user: contextvars.ContextVar[str] = contextvars.ContextVar("user", default="nobody")

    def work() -> str:
        seen = user.get()
        user.set("thread")
        return seen

    async def main() -> None:
        user.set("caller")
        assert await run_in_threadpool(work) == "caller"
        assert user.get() == "caller"

    run(main)


def test_no_event_loop_is_found_in_a_thread() -> None:
    """Code in a thread may run an event loop of its own."""

    async def inner() -> str:
        return "inner"

    async def main() -> None:
        assert await run_in_threadpool(anyio.run, inner) == "inner"
        assert await run_in_threadpool(lambda: asyncio.run(inner())) == "inner"

    anyio.run(main)


def test_stop_iteration_does_not_stop_the_others() -> None:
    """A `def` that raises StopIteration gets anyio's RuntimeError, and the calls that end with it are answered."""

    async def main() -> None:
        results = await asyncio.gather(
            *(run_in_threadpool(next, iter(())) for _ in range(5)),
            *(run_in_threadpool(str, number) for number in range(5)),
            return_exceptions=True,
        )
        assert [type(result) for result in results[:5]] == [RuntimeError] * 5
        assert results[5:] == ["0", "1", "2", "3", "4"]

    asyncio.run(main())


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, asyncio.CancelledError, GeneratorExit])
def test_any_exception_comes_back(error: type[BaseException]) -> None:
    """Whatever a call raises is raised where it is awaited."""

    def work() -> None:
        raise error

    async def main() -> None:
        with pytest.raises(error):
            await run_in_threadpool(work)

    asyncio.run(main())


def test_anyios_limiter_counts_the_calls() -> None:
    """Each call takes a token of anyio's default limiter: what applications set there holds, what they read is true."""

    async def main() -> None:
        limiter = anyio.to_thread.current_default_thread_limiter()
        limiter.total_tokens = 2
        gate = threading.Event()
        calls = [asyncio.create_task(run_in_threadpool(gate.wait, 10)) for _ in range(5)]
        await asyncio.sleep(0.01)
        assert limiter.borrowed_tokens == 2
        assert current_pool().threads == 2
        assert current_pool().waiting == 3
        gate.set()
        await asyncio.gather(*calls)
        assert limiter.borrowed_tokens == 0
        assert current_pool().waiting == 0

    asyncio.run(main())


def test_exits_take_no_token() -> None:
    """What holds tokens can be closed while all tokens are taken."""

    async def main() -> None:
        anyio.to_thread.current_default_thread_limiter().total_tokens = 1
        gate = threading.Event()
        holding = asyncio.create_task(run_in_threadpool(gate.wait, 10))
        await asyncio.sleep(0)
        await run_exit_in_threadpool(gate.set)
        assert await holding

    asyncio.run(main())


@pytest.mark.parametrize("way", ["scope", "native"])
def test_a_cancelled_caller_waits_for_its_thread(way: str) -> None:
    """What a thread works with is not closed under it: cancellation arrives when the thread is done."""
    seen: list[str] = []

    def work(gate: threading.Event) -> None:
        gate.wait(10)
        seen.append("thread done")

    async def call(gate: threading.Event) -> None:
        try:
            await run_in_threadpool(work, gate)
            await asyncio.sleep(0)
        finally:
            seen.append("caller left")

    async def main() -> None:
        gate = threading.Event()
        asyncio.get_running_loop().call_later(0.05, gate.set)
        if way == "scope":
            with anyio.move_on_after(0.01) as scope:
                await call(gate)
            assert scope.cancelled_caught
        else:
            task = asyncio.create_task(call(gate))
            await asyncio.sleep(0.01)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

    asyncio.run(main())
    assert seen == ["thread done", "caller left"]


def test_a_cancelled_scope_starts_no_thread() -> None:
    """In a scope that is cancelled already the call is not made."""
    seen: list[int] = []

    async def main() -> None:
        with anyio.CancelScope() as scope:
            scope.cancel()
            await run_in_threadpool(seen.append, 1)

    asyncio.run(main())
    assert seen == []


def test_a_thread_can_ask_whether_its_caller_is_cancelled() -> None:
    """`anyio.from_thread.check_cancelled` asks the scopes around the call."""

    def work() -> None:
        while True:
            anyio.from_thread.check_cancelled()
            time.sleep(0.001)

    async def main() -> None:
        with anyio.move_on_after(0.02) as scope:
            await run_in_threadpool(work)
        assert scope.cancelled_caught

    asyncio.run(main())


def test_an_iterator_is_stepped_in_threads(run: Callable[..., Any]) -> None:
    """Each step of an iterator runs in a worker thread, and None is an item like any other."""
    threads: set[int] = set()

    def items() -> Iterator[int | None]:
        for number in (1, None, 3):
            threads.add(threading.get_ident())
            yield number

    async def main() -> None:
        assert [item async for item in iterate_in_threadpool(items())] == [1, None, 3]
        assert threading.get_ident() not in threads

    run(main)


def test_a_generator_that_is_left_early_is_closed(run: Callable[..., Any]) -> None:
    """A generator's `finally` runs, in a thread, when its reader stops."""
    seen: list[bool] = []
    here = threading.get_ident()

    def items() -> Iterator[int]:
        try:
            yield 1
            yield 2
        finally:
            seen.append(threading.get_ident() == here)

    async def main() -> None:
        steps = iterate_in_threadpool(items())
        assert await steps.__anext__() == 1
        await steps.aclose()

    run(main)
    assert seen == [False]


@contextmanager
def recorded(seen: list[Any], swallows: bool = False) -> Iterator[str]:
    seen.append("entered")
    try:
        yield "value"
    except BaseException as error:
        seen.append(type(error))
        if not swallows:
            raise
    finally:
        seen.append("left")


def test_a_context_manager_is_entered_and_left_in_threads(run: Callable[..., Any]) -> None:
    """A context manager gets its errors, may swallow them, and is left whatever happened."""

    async def main() -> None:
        seen: list[Any] = []
        async with contextmanager_in_threadpool(recorded(seen)) as value:
            assert value == "value"
        with pytest.raises(ValueError, match="wrong"):
            async with contextmanager_in_threadpool(recorded(seen)):
                raise ValueError("wrong")
        async with contextmanager_in_threadpool(recorded(seen, swallows=True)):
            raise KeyError
        assert seen == ["entered", "left", "entered", ValueError, "left", "entered", KeyError, "left"]

    run(main)


def test_a_context_manager_is_left_when_its_task_is_cancelled(run: Callable[..., Any]) -> None:
    """Cancellation does not leave a context manager open."""
    seen: list[Any] = []

    async def main() -> None:
        with anyio.move_on_after(0.01):
            async with contextmanager_in_threadpool(recorded(seen)):
                await anyio.sleep_forever()

    run(main)
    assert seen[-1] == "left"


def test_an_error_while_leaving_follows_from_what_it_was_left_for(run: Callable[..., Any]) -> None:
    """A context manager that fails while it is left raises its error, and the context of that is what came before."""

    @contextmanager
    def failing() -> Iterator[None]:
        try:
            yield
        finally:
            raise ValueError("could not be left")

    async def be_cancelled() -> None:
        with anyio.CancelScope() as scope:
            async with contextmanager_in_threadpool(failing()):
                scope.cancel()
                await anyio.lowlevel.checkpoint()

    async def main() -> None:
        with pytest.raises(ValueError, match="could not be left") as caught:
            await be_cancelled()
        assert isinstance(caught.value.__context__, anyio.get_cancelled_exc_class())

    run(main)


def test_a_context_manager_is_left_when_entering_it_was_cancelled() -> None:
    """A caller that is cancelled while the thread enters leaves what was entered."""
    seen: list[Any] = []
    gate = threading.Event()

    @contextmanager
    def slow() -> Iterator[None]:
        gate.wait(10)
        with recorded(seen):
            yield

    async def main() -> None:
        async def hold() -> None:
            async with contextmanager_in_threadpool(slow()):
                seen.append("never")

        task = asyncio.create_task(hold())
        await asyncio.sleep(0.01)
        task.cancel()
        await asyncio.sleep(0.01)
        gate.set()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(main())
    assert seen == ["entered", asyncio.CancelledError, "left"]


def test_many_calls_at_once_come_back(run: Callable[..., Any]) -> None:
    """Completions are batched, and none is lost, whoever finishes when."""

    async def main() -> None:
        results: dict[int, int] = {}

        async def call(number: int) -> None:
            results[number] = await run_in_threadpool(lambda: number * 2)

        async with anyio.create_task_group() as group:
            for number in range(500):
                group.start_soon(call, number)
        assert results == {number: number * 2 for number in range(500)}

    run(main)


def test_calls_do_not_wait_behind_one_that_blocks() -> None:
    """Calls that come together run at the same time as soon as one of them waits for something."""

    async def main() -> None:
        gates = [threading.Event() for _ in range(8)]
        blocked = [asyncio.create_task(run_in_threadpool(gate.wait, 10)) for gate in gates]
        short = [asyncio.create_task(run_in_threadpool(str, number)) for number in range(8)]
        assert await asyncio.gather(*short) == ["0", "1", "2", "3", "4", "5", "6", "7"]
        for gate in reversed(gates):
            gate.set()
        assert all(await asyncio.gather(*blocked))

    asyncio.run(main())


def test_calls_of_one_turn_of_the_loop_wake_one_thread() -> None:
    """Waking a thread costs more than a short call: what came in at once is handed over at once."""

    async def main() -> None:
        pool = current_pool()
        woken: list[int] = []

        def put(look: bool) -> None:
            woken.append(len(pool._calls))
            wakes.put(look)

        wakes = pool._wakes
        pool._wakes = cast("Any", SimpleNamespace(put=put, get=wakes.get))
        assert await asyncio.gather(*(run_in_threadpool(int) for _ in range(8))) == [0] * 8
        assert woken[0] == 8

    asyncio.run(main())


def test_loops_do_not_share_threads() -> None:
    """Each event loop has a pool of its own, and its threads end with it."""
    pools: list[Any] = []

    async def main() -> None:
        await run_in_threadpool(int)
        pools.append(current_pool())

    asyncio.run(main())
    asyncio.run(main())

    assert pools[0] is not pools[1]
    for thread in [thread for thread in threading.enumerate() if thread.name == "Zonda worker thread"]:
        thread.join(5)
    assert "Zonda worker thread" not in [thread.name for thread in threading.enumerate()]


def test_idle_threads_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Threads that were not needed for a while end; those in use stay."""
    monkeypatch.setattr("zonda.concurrency.pool.IDLE_SECONDS", 0.02)

    async def main() -> None:
        gate = threading.Event()
        calls: list[Awaitable[Any]] = [asyncio.create_task(run_in_threadpool(gate.wait, 10)) for _ in range(4)]
        await asyncio.sleep(0)
        assert current_pool().threads == 4
        gate.set()
        await asyncio.gather(*calls)
        async with asyncio.timeout(5):
            while current_pool().threads:  # noqa: ASYNC110  (ended by a timer)
                await asyncio.sleep(0.01)
        assert await run_in_threadpool(int) == 0

    asyncio.run(main())
