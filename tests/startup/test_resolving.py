"""Tests of dependencies without a request: `app.resolve` and `@app.inject`."""

import asyncio
import inspect
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from contextvars import ContextVar
from pathlib import Path
from typing import Annotated, Any

import anyio
import pytest

from zonda import BackgroundTasks, Depends, HTTPException, Query, Zonda
from zonda.analysis.dependant import Dependant
from zonda.analysis.dependencies import get_parameterless_sub_dependant
from zonda.analysis.plan import CallerGives
from zonda.analysis.planning import plan_caller
from zonda.compiler import caller_source
from zonda.concurrency import run_in_threadpool
from zonda.testclient import TestClient

Journal = list[str]
pytestmark = pytest.mark.anyio


class Shop:
    """An application with a chain of dependencies of every kind, and what happened in it."""

    def __init__(self) -> None:
        self.app = Zonda()
        self.journal: Journal = []

    def settings(self) -> str:
        self.journal.append("settings")
        return "db"

    async def session(self, limit: Annotated[int, Query(validate_default=True)] = "7") -> AsyncIterator[str]:  # type: ignore[assignment]
        self.journal.append("open session")
        try:
            yield f"session {limit!r}"
        except Exception as error:
            self.journal.append(f"session sees {error!r}")
            raise
        finally:
            self.journal.append("close session")


@pytest.fixture
def shop() -> Shop:
    return Shop()


async def test_a_block_has_the_value(shop: Shop) -> None:
    """A dependency is resolved with all that it needs, each once, and closed when the block is left."""

    def users(
        session: Annotated[str, Depends(shop.session)],
        again: Annotated[str, Depends(shop.session)],
        settings: Annotated[str, Depends(shop.settings)],
    ) -> Iterator[list[str]]:
        shop.journal.append("open users")
        yield [session, again, settings]
        shop.journal.append("close users")

    async with shop.app.resolve(users) as value:
        assert value == ["session 7", "session 7", "db"]
        assert shop.journal == ["open session", "settings", "open users"]

    assert shop.journal[3:] == ["close users", "close session"]


async def test_exits_see_what_the_block_raised(shop: Shop) -> None:
    """An error in the block is thrown into what is open, and raised when they are closed."""
    with pytest.raises(ValueError, match="block"):
        async with shop.app.resolve(shop.session):
            raise ValueError("block")

    assert shop.journal == ["open session", "session sees ValueError('block')", "close session"]


async def test_what_was_opened_before_an_error_is_closed(shop: Shop) -> None:
    """A dependency that raises ends the resolution; those before it are closed."""

    async def broken(session: Annotated[str, Depends(shop.session)]) -> None:
        raise HTTPException(403)

    with pytest.raises(HTTPException):
        async with shop.app.resolve(broken):
            raise AssertionError("there is no value")

    assert shop.journal[-1] == "close session"


async def test_the_end_is_that_of_a_request(shop: Shop) -> None:
    """Function-scoped dependencies are closed, then background tasks run, then the others are closed."""

    async def early() -> AsyncIterator[None]:
        yield
        shop.journal.append("close early")

    async def both(
        tasks: BackgroundTasks,
        session: Annotated[str, Depends(shop.session)],
        early: Annotated[None, Depends(early, scope="function")],
    ) -> None:
        tasks.add_task(shop.journal.append, "task")

    async with shop.app.resolve(both):
        shop.journal.append("block")

    assert shop.journal == ["open session", "block", "close early", "task", "close session"]


async def test_exits_run_when_the_block_is_cancelled(shop: Shop) -> None:
    """A cancelled scope around the block does not cut its exits short."""

    async def slow() -> AsyncIterator[None]:
        yield
        await anyio.lowlevel.checkpoint()
        shop.journal.append("closed")

    with anyio.CancelScope() as scope:
        async with shop.app.resolve(slow):
            scope.cancel()
            await anyio.sleep_forever()

    assert shop.journal == []  # the generator was left by the cancellation before its last lines

    async def careful() -> AsyncIterator[None]:
        try:
            yield
        finally:
            await anyio.lowlevel.checkpoint()
            shop.journal.append("closed")

    with anyio.CancelScope() as scope:
        async with shop.app.resolve(careful):
            scope.cancel()
            await anyio.sleep_forever()
    assert shop.journal == ["closed"]


async def test_overrides_count(shop: Shop) -> None:
    """What replaces a dependency for requests replaces it here."""
    shop.app.dependency_overrides[shop.settings] = lambda: "fake"

    async with shop.app.resolve(shop.settings) as value:
        assert value == "fake"


async def test_the_page_is_compiled_once(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """A dependency is analysed and compiled at its first use."""
    from zonda.startup import resolving

    compiled: list[Any] = []
    original = resolving.compile_caller
    monkeypatch.setattr(resolving, "compile_caller", lambda *given: compiled.append(given) or original(*given))
    settings = shop.settings

    for _ in range(3):
        async with shop.app.resolve(settings):
            pass

    assert len(compiled) == 1


async def test_a_function_is_given_its_dependencies(shop: Shop) -> None:
    """An injected function takes what is left of its parameters, and its dependencies are closed when it is done."""

    @shop.app.inject
    async def report(month: int, session: Annotated[str, Depends(shop.session)], *, year: int = 2024) -> str:
        shop.journal.append("report")
        return f"{year}-{month} {session}"

    assert str(inspect.signature(report)) == "(month: int, *, year: int = 2024) -> str"
    assert await report(3, year=2025) == "2025-3 session 7"
    assert await report(month=4) == "2024-4 session 7"
    assert shop.journal[:3] == ["open session", "report", "close session"]


async def test_a_dependency_may_stand_first(shop: Shop) -> None:
    """Positional arguments are those of the remaining parameters, wherever the dependencies stand."""

    @shop.app.inject
    async def report(settings: Annotated[str, Depends(shop.settings)], month: int, day: int = 1) -> list[Any]:
        return [settings, month, day]

    assert await report(3, 4) == ["db", 3, 4]
    assert await report(3) == ["db", 3, 1]
    with pytest.raises(TypeError, match="too many positional arguments"):
        await report(1, 2, 3)


async def test_what_a_function_raises_is_raised(shop: Shop) -> None:
    """The error passes the exits as it is."""

    @shop.app.inject
    async def report(session: Annotated[str, Depends(shop.session)]) -> None:
        raise ValueError("report")

    with pytest.raises(ValueError, match="report"):
        await report()
    assert shop.journal == ["open session", "session sees ValueError('report')", "close session"]


def test_a_plain_function_runs_where_it_is_called(shop: Shop) -> None:
    """A plain function stays in its thread; its asynchronous dependencies are opened around it."""

    @shop.app.inject
    def report(month: int, session: Annotated[str, Depends(shop.session)]) -> Any:
        shop.journal.append("report")
        return month, session, threading.current_thread()

    assert report(3) == (3, "session 7", threading.main_thread())
    assert shop.journal == ["open session", "report", "close session"]


def test_what_a_plain_function_raises_is_raised(shop: Shop) -> None:
    """The exits see it, and then the caller."""

    @shop.app.inject
    def report(session: Annotated[str, Depends(shop.session)]) -> None:
        raise ValueError("report")

    with pytest.raises(ValueError, match="report"):
        report()
    assert shop.journal == ["open session", "session sees ValueError('report')", "close session"]


def test_a_plain_function_in_a_def_endpoint_uses_the_loop_of_the_application(shop: Shop) -> None:
    """In a worker thread, dependencies are opened in the event loop that it works for."""
    loops = []

    async def loop() -> None:
        loops.append(asyncio.get_running_loop())

    @shop.app.inject
    def report(loop: Annotated[None, Depends(loop)]) -> str:
        return "reported"

    @shop.app.get("/")
    def read(loop: Annotated[None, Depends(loop)]) -> str:
        return report()

    assert TestClient(shop.app).get("/").json() == "reported"
    assert loops[0] is loops[1]


async def test_a_plain_function_does_not_hold_up_the_event_loop(shop: Shop) -> None:
    """In the loop's own thread it is refused with what to do instead; in a worker thread it runs."""

    @shop.app.inject
    def report(settings: Annotated[str, Depends(shop.settings)]) -> str:
        return settings

    with pytest.raises(RuntimeError, match="Make it `async def`, or call it with `run_in_threadpool`"):
        report()
    assert await run_in_threadpool(report) == "db"


async def test_context_variables_of_dependencies_are_seen(shop: Shop) -> None:
    """What a dependency sets is set in the block."""
    user: ContextVar[str] = ContextVar("user")

    async def login() -> None:
        user.set("ann")

    async with shop.app.resolve(login):
        assert user.get() == "ann"


def test_a_page() -> None:
    """The page is that of a route without the request: defaults in the place of parameters, and no errors."""

    async def get_page(skip: int = 0, limit: Annotated[int, Query(validate_default=True)] = 10) -> AsyncIterator[int]:
        yield skip + limit

    async def get_items(page: Annotated[int, Depends(get_page)], tasks: BackgroundTasks) -> list[int]:
        return [page]

    wanted = get_parameterless_sub_dependant(depends=Depends(get_items), path="")
    wanted.name = "value"
    dependant = Dependant(call=get_items, path="", dependencies=[wanted])

    page = caller_source(plan_caller("app.resolve(get_items)", dependant, CallerGives.VALUE))

    assert page == (Path(__file__).parent / "resolve.golden").read_text()


USAGE = """
from collections.abc import AsyncIterator, Iterator
from typing import Annotated
from typing_extensions import assert_type
from zonda import Depends, Zonda

app = Zonda()

class Users:
    async def count(self) -> int: ...

def function() -> int: ...
async def coroutine() -> str: ...
def generator() -> Iterator[bytes]:
    yield b""
async def async_generator() -> AsyncIterator[Users]:
    yield Users()

@app.inject
async def report(month: int, users: Annotated[Users, Depends(async_generator)]) -> str: ...
@app.inject
def count(users: Annotated[Users, Depends(async_generator)]) -> int: ...

async def main() -> None:
    async with app.resolve(function) as a, app.resolve(coroutine) as b, app.resolve(generator) as c:
        assert_type(a, int)
        assert_type(b, str)
        assert_type(c, bytes)
    async with app.resolve(async_generator) as users, app.resolve(Users) as same:
        assert_type(users, Users)
        assert_type(same, Users)
        users.missing  # type: ignore[attr-defined]
    assert_type(await report(3), str)
    assert_type(count(), int)
"""


def test_editors_know_the_value(tmp_path: Path) -> None:
    """Each kind of dependency gives its value's type, and calls of injected functions need not name what is filled."""
    (tmp_path / "usage.py").write_text(USAGE)

    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--disable-error-code=empty-body", "usage.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout
