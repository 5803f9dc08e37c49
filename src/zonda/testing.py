"""This module gives tests what they need of an application: clients, overrides, a clock that stands still.

    # conftest.py
    pytest_plugins = ["zonda.testing"]

    @pytest.fixture
    def app():
        return main.app

The fixtures `client`, `async_client` and `overrides` work on what the fixture `app` gives.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Mapping
from contextlib import ExitStack
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import anyio
import pytest
import starlette.testclient

from zonda import clock as clocks
from zonda.clock import FrozenClock
from zonda.concurrency.event_loops import runs_on_asyncio
from zonda.seams import ASGIApp, Message, Receive, Scope, Send
from zonda.startup.overriding import Overriding
from zonda.testclient import TestClient

if TYPE_CHECKING:
    import httpx2 as httpx
else:
    httpx = starlette.testclient.httpx

__all__ = ["AsyncTestClient", "Lifespan", "TestClient", "app", "async_client", "client", "clock", "overrides"]


class Lifespan:
    """The lifespan of an application, run around its requests as servers do, in a task of its own."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.state: dict[str, Any] = {}
        """What the lifespan gives to each request."""
        self._events = iter(("startup", "shutdown"))
        self._said: Message = {"type": "nothing"}
        self._error: Exception | None = None
        self._has_ended = False
        self._join: Callable[[], Awaitable[object]] | None = None

    async def start(self) -> None:
        """Raises what the application raised, or RuntimeError with what it said of its failure."""
        self._is_over = anyio.Event()
        self._answered = anyio.Event()
        self._join = await _in_a_task(self._run)
        try:
            await self._answer()
        except BaseException:
            await self._joined()
            raise

    async def stop(self) -> None:
        """Raises as `start` does; nothing to do for an application without a lifespan."""
        if self._join is None:
            return
        self._answered = anyio.Event()
        self._is_over.set()
        try:
            if not self._has_ended:
                await self._answer()
        finally:
            await self._joined()
        self._raise()

    async def _run(self) -> None:
        scope: Scope = {"type": "lifespan", "asgi": {"version": "3.0", "spec_version": "2.0"}, "state": self.state}
        try:
            await self._app(scope, self._receive, self._send)
        except Exception as error:  # noqa: BLE001  (raised where the lifespan is started or stopped)
            self._error = error
        finally:
            self._has_ended = True
            self._answered.set()

    async def _receive(self) -> Message:
        event = next(self._events)
        if event == "shutdown":
            await self._is_over.wait()
        return {"type": f"lifespan.{event}"}

    async def _send(self, message: Message) -> None:
        self._said = message
        if message["type"].endswith(".complete"):
            self._answered.set()  # what has failed comes to its end, and may raise why

    async def _answer(self) -> None:
        await self._answered.wait()
        if self._has_ended:
            self._raise()

    def _raise(self) -> None:
        if self._error is not None:
            raise self._error
        if self._said["type"].endswith(".failed"):
            raise RuntimeError(f"The application failed in its lifespan: {self._said.get('message', '')}")

    async def _joined(self) -> None:
        join, self._join = self._join, None
        if join is not None:
            await join()


async def _in_a_task(run: Callable[[], Coroutine[Any, Any, None]]) -> Callable[[], Awaitable[object]]:
    """Start a task. Returns what waits for its end; on trio the same task has to call it."""
    if runs_on_asyncio():
        task = asyncio.create_task(run())
        return lambda: task
    group = anyio.create_task_group()
    await group.__aenter__()
    group.start_soon(run)
    return lambda: group.__aexit__(None, None, None)


class AsyncTestClient(httpx.AsyncClient):
    """An async client that calls an application directly; the lifespan runs inside `async with`.

    async with AsyncTestClient(app) as client:
        response = await client.get("/users")
    """

    __test__ = False

    def __init__(
        self, app: ASGIApp, *, base_url: str = "http://testserver", raise_server_exceptions: bool = True, **options: Any
    ) -> None:
        self.app = app
        self._lifespan = Lifespan(app)
        transport = httpx.ASGITransport(app=self._call, raise_app_exceptions=raise_server_exceptions)
        super().__init__(transport=transport, base_url=base_url, **options)

    async def _call(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app({**scope, "state": dict(self._lifespan.state)}, receive, send)

    async def __aenter__(self) -> Self:
        await self._lifespan.start()
        return await super().__aenter__()

    async def __aexit__(
        self,
        kind: type[BaseException] | None = None,
        error: BaseException | None = None,
        trace: TracebackType | None = None,
    ) -> None:
        try:
            await super().__aexit__(kind, error, trace)
        finally:
            await self._lifespan.stop()


@pytest.fixture
def app() -> Any:
    """The application under test; every project has its own."""
    raise pytest.UsageError(
        "The fixtures of zonda.testing need your application: define a fixture `app` in conftest.py that returns it."
    )


@pytest.fixture
def client(app: ASGIApp) -> Iterator[TestClient]:
    """A client for plain tests, with the application's lifespan around the test."""
    with TestClient(app) as client:
        yield client


@pytest.fixture
def async_client(app: ASGIApp) -> AsyncTestClient:
    """A client for async tests; the lifespan runs inside `async with async_client:`."""
    return AsyncTestClient(app)


@pytest.fixture
def overrides(app: Any) -> Iterator[Callable[..., Overriding]]:
    """`overrides({get_db: fake_db})` replaces dependencies until the end of the test."""
    with ExitStack() as until_the_end:

        def replace(
            replacements: Mapping[Callable[..., Any], Callable[..., Any]], *, mounted: bool = False
        ) -> Overriding:
            block: Overriding = app.overrides(replacements, mounted=mounted)
            return until_the_end.enter_context(block)

        yield replace


@pytest.fixture
def clock() -> Iterator[FrozenClock]:
    """The clock of the process, which stands still in this test until it is moved."""
    with clocks.frozen() as clock:
        yield clock
