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
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import pytest
import starlette.testclient

from zonda import clock as clocks
from zonda.clock import FrozenClock
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
        self._received: asyncio.Queue[Message] = asyncio.Queue()
        self._answers: asyncio.Queue[Message] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Raises what the application raised, or RuntimeError with what it said of its failure."""
        self._task = asyncio.create_task(self._run())
        await self._ask("startup")

    async def stop(self) -> None:
        """Raises as `start` does; nothing to do for an application without a lifespan."""
        if self._task is not None and not self._task.done():
            await self._ask("shutdown")
            await self._task

    async def _run(self) -> None:
        scope: Scope = {"type": "lifespan", "asgi": {"version": "3.0", "spec_version": "2.0"}, "state": self.state}
        await self._app(scope, self._received.get, self._answers.put)

    async def _ask(self, event: str) -> None:
        assert self._task is not None
        self._received.put_nowait({"type": f"lifespan.{event}"})
        answer = asyncio.ensure_future(self._answers.get())
        await asyncio.wait({answer, self._task}, return_when=asyncio.FIRST_COMPLETED)
        if answer.done():
            message = answer.result()
            if message["type"] == f"lifespan.{event}.complete":
                return
            await asyncio.wait({self._task})
        answer.cancel()
        self._task.result()  # what the application raised
        if answer.done() and not answer.cancelled():
            raise RuntimeError(f"The application failed in its lifespan: {answer.result().get('message', '')}")


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
