"""Tests of dependencies that run at the same time: `Depends(parallel=True)`, `Zonda(parallel_dependencies=True)`."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextvars import ContextVar
from typing import Annotated, Any

import anyio
import pytest

from zonda import Depends, Header, HTTPException, WebSocket, Zonda
from zonda.testing import AsyncTestClient, TestClient

pytestmark = pytest.mark.anyio
Journal = list[str]
user: ContextVar[str] = ContextVar("user", default="nobody")


class Meeting:
    """Dependencies that end only when as many as are expected have begun."""

    def __init__(self, expected: int) -> None:
        self.threads = threading.Barrier(expected)
        self.tasks = asyncio.Barrier(expected)

    async def coroutine(self) -> str:
        await self.tasks.wait()
        return "coroutine"

    async def async_generator(self) -> AsyncIterator[str]:
        await self.tasks.wait()
        yield "async generator"

    def function(self) -> str:
        self.threads.wait(timeout=60)
        return "function"

    def generator(self) -> Iterator[str]:
        self.threads.wait(timeout=60)
        yield "generator"


async def answer(app: Zonda, **headers: str) -> Any:
    async with AsyncTestClient(app, raise_server_exceptions=False) as client:
        response = await client.get("/", headers=headers)
        return response.json() if response.status_code == 200 else response.status_code


@pytest.mark.parametrize("pair", [("coroutine", "async_generator"), ("function", "generator")])
async def test_they_run_at_the_same_time(pair: tuple[str, str]) -> None:
    """Two that wait for each other come to their end: coroutines in the event loop, plain ones in threads."""
    meeting = Meeting(2)
    one, other = (getattr(meeting, name) for name in pair)
    app = Zonda(parallel_dependencies=True)

    @app.get("/")
    async def read(a: Annotated[str, Depends(one)], b: Annotated[str, Depends(other)]) -> list[str]:
        return [a, b]

    assert await answer(app) == [name.replace("_", " ") for name in pair]


async def test_each_may_say_it_for_itself() -> None:
    """`parallel=True` on the dependencies is enough; with `limit`ed ones too, and without a request."""
    meeting = Meeting(3)
    app = Zonda()

    async def all_of(
        a: Annotated[str, Depends(meeting.coroutine, parallel=True)],
        b: Annotated[str, Depends(meeting.async_generator, parallel=True, max_concurrency=1)],
        c: Annotated[str, Depends(meeting.coroutine, parallel=True, use_cache=False, max_concurrency=1)],
    ) -> list[str]:
        return [a, b, c]

    app.get("/", response_model=None)(all_of)

    assert await answer(app) == ["coroutine", "async generator", "coroutine"]
    async with app.resolve(all_of) as value:
        assert value == ["coroutine", "async generator", "coroutine"]


def journalled(journal: Journal, name: str, after: Callable[[], Any] | None = None) -> Callable[[], AsyncIterator[str]]:
    async def dependency() -> AsyncIterator[str]:
        if after is not None:
            await after()
        journal.append(f"open {name}")
        try:
            yield name
        except BaseException as error:
            journal.append(f"{name} sees {type(error).__name__}")
            raise
        finally:
            journal.append(f"close {name}")

    return dependency


async def test_they_are_closed_in_reverse_of_their_declaration() -> None:
    """However late one was ready, the last declared is closed first."""
    journal: Journal = []
    second_is_open = asyncio.Event()

    async def second() -> AsyncIterator[str]:
        async for value in journalled(journal, "second")():
            second_is_open.set()
            yield value

    app = Zonda(parallel_dependencies=True)

    @app.get("/")
    async def read(
        first: Annotated[str, Depends(journalled(journal, "first", second_is_open.wait))],
        second: Annotated[str, Depends(second)],
    ) -> list[str]:
        return [first, second]

    assert await answer(app) == ["first", "second"]
    assert journal == ["open second", "open first", "close second", "close first"]


async def test_the_first_error_cancels_the_others() -> None:
    """The error is raised as it is; what was open is closed and sees it, what was on its way is cancelled."""
    journal: Journal = []

    async def sleeper() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            journal.append("cancelled")
            raise

    async def refusing() -> None:
        await asyncio.sleep(0)
        raise HTTPException(403)

    app = Zonda(parallel_dependencies=True)

    @app.get("/", dependencies=[Depends(journalled(journal, "db")), Depends(sleeper), Depends(refusing)])
    async def read() -> None:
        raise AssertionError("it is not called")

    assert await answer(app) == 403
    assert journal == ["open db", "cancelled", "db sees HTTPException", "close db"]


async def test_a_request_that_is_cancelled_cancels_them() -> None:
    """Cancelling the task that waits ends all of them, and closes what is open."""
    journal: Journal = []
    app = Zonda(parallel_dependencies=True)
    started = asyncio.Event()

    async def sleeper() -> None:
        started.set()
        try:
            await asyncio.Event().wait()
        finally:
            journal.append("sleeper ended")

    async def both(
        db: Annotated[str, Depends(journalled(journal, "db"))], sleeper: Annotated[None, Depends(sleeper)]
    ) -> None: ...

    async def use() -> None:
        async with app.resolve(both):
            raise AssertionError("it is not resolved")

    task = asyncio.create_task(use())
    await started.wait()
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task
    assert journal == ["open db", "sleeper ended", "db sees CancelledError", "close db"]


async def test_context_variables_are_kept() -> None:
    """What one of them sets is seen by what comes after, and reset when it is closed."""
    app = Zonda(parallel_dependencies=True)

    async def login() -> AsyncIterator[None]:
        token = user.set("ann")
        yield
        user.reset(token)

    async def other() -> None:
        await asyncio.sleep(0)

    async def above(login: Annotated[None, Depends(login)], other: Annotated[None, Depends(other)]) -> str:
        return user.get()

    @app.get("/")
    async def read(above: Annotated[str, Depends(above)]) -> list[str]:
        return [above, user.get()]

    assert await answer(app) == ["ann", "ann"]


async def test_scopes_may_stay_open() -> None:
    """A task group may be held across the `yield`: it is left in the task that entered it."""
    app = Zonda(parallel_dependencies=True)

    async def group() -> AsyncIterator[Any]:
        async with anyio.create_task_group() as tasks:
            yield tasks
            tasks.cancel_scope.cancel()

    async def timed() -> AsyncIterator[None]:
        async with asyncio.timeout(60):
            yield

    @app.get("/")
    async def read(group: Annotated[Any, Depends(group)], timed: Annotated[None, Depends(timed)]) -> bool:
        group.start_soon(anyio.sleep_forever)
        return True

    assert await answer(app) is True


async def test_what_exits_do_to_errors_is_kept() -> None:
    """An exit sees the endpoint's error in its own task, and may raise another one instead."""
    app = Zonda(parallel_dependencies=True)

    async def translating() -> AsyncIterator[None]:
        try:
            yield
        except ValueError as error:
            raise HTTPException(409) from error

    async def other() -> AsyncIterator[None]:
        yield

    @app.get("/", dependencies=[Depends(translating), Depends(other)])
    async def read() -> None:
        raise ValueError("endpoint")

    assert await answer(app) == 409


async def test_errors_of_parameters_are_those_of_a_sequence() -> None:
    """What is wrong is reported in the order of declaration; what needs nothing of it is called all the same."""

    def application(*, parallel: bool) -> tuple[Zonda, Journal]:
        journal: Journal = []
        app = Zonda(parallel_dependencies=parallel)

        async def token(x_token: Annotated[int, Header()]) -> None:
            journal.append("token")

        async def page(q: int) -> None:
            journal.append("page")

        async def free() -> None:
            journal.append("free")

        async def above(page: Annotated[None, Depends(page)]) -> None:
            journal.append("above")

        @app.get("/", dependencies=[Depends(token), Depends(above), Depends(free), Depends(page)])
        async def read(limit: int) -> None: ...

        return app, journal

    answers = []
    for parallel in (False, True):
        app, journal = application(parallel=parallel)
        response = TestClient(app).get("/", headers={"x-token": "x"})
        answers.append((response.status_code, response.json(), journal))

    assert answers[0] == answers[1]
    assert answers[0][2] == ["free"]


async def test_websockets() -> None:
    """The dependencies of a websocket run at the same time, too."""
    meeting = Meeting(2)
    app = Zonda(parallel_dependencies=True)

    @app.websocket("/")
    async def talk(
        websocket: WebSocket,
        a: Annotated[str, Depends(meeting.function)],
        b: Annotated[str, Depends(meeting.generator)],
    ) -> None:
        await websocket.accept()
        await websocket.send_json([a, b])
        await websocket.close()

    with TestClient(app).websocket_connect("/") as websocket:
        assert websocket.receive_json() == ["function", "generator"]


@pytest.mark.parametrize("fails", [False, True])
def test_on_trio_they_run_one_after_the_other(fails: bool) -> None:
    """The values and the order of closing are the same; what comes after an error is not called."""
    journal: Journal = []

    async def first() -> AsyncIterator[str]:
        journal.append("open first")
        yield "first"
        journal.append("close first")

    async def second() -> str:
        journal.append("call second")
        if fails:
            raise HTTPException(418)
        return "second"

    async def third() -> AsyncIterator[str]:
        journal.append("open third")
        yield "third"
        journal.append("close third")

    app = Zonda(parallel_dependencies=True)

    @app.get("/")
    async def read(
        a: Annotated[str, Depends(first, max_concurrency=1)],
        b: Annotated[str, Depends(second)],
        c: Annotated[str, Depends(third)],
        d: Annotated[str, Depends(fourth)],
    ) -> list[str]:
        return [a, b, c, d]

    for _ in range(2):  # a place that was not given back would be waited for
        response = TestClient(app, backend="trio").get("/")
        assert response.status_code == (418 if fails else 200)
        assert fails or response.json() == ["first", "second", "third", "fourth"]

    once = ["open first", "call second", "open third", "close third", "close first"]
    assert journal == 2 * (["open first", "call second"] if fails else once)


async def fourth() -> str:
    return "fourth"
