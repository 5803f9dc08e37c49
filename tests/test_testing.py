"""Tests of the fixtures that applications are tested with, in a project of their own."""

import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import pytest

from zonda import Request, Zonda
from zonda.testing import AsyncTestClient

CONFTEST = """
import pytest
import shop

pytest_plugins = ["zonda.testing"]

@pytest.fixture
def app():
    return shop.app

@pytest.fixture
def anyio_backend():
    return "asyncio"
"""

SHOP = """
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Annotated
from zonda import Depends, Zonda, clock

events = []

@asynccontextmanager
async def lifespan(app):
    events.append("start")
    yield {"motto": "open"}
    events.append("stop")

app = Zonda(lifespan=lifespan)

def get_db(): return "real"

@app.get("/db")
def read_db(db: Annotated[str, Depends(get_db)]): return db

@app.get("/time")
def read_time() -> datetime: return clock.now()
"""

TESTS = """
import pytest
import shop

def test_client(client):
    assert shop.events == ["start"]
    assert client.get("/db").json() == "real"

def test_the_lifespan_ended():
    assert shop.events == ["start", "stop"]

@pytest.mark.anyio
async def test_async_client(async_client, overrides):
    overrides({shop.get_db: lambda: "fake"})
    shop.events.clear()
    async with async_client as client:
        assert (await client.get("/db")).json() == "fake"
        assert shop.events == ["start"]
    assert shop.events == ["start", "stop"]

def test_overrides_end_with_the_test(client):
    assert client.get("/db").json() == "real"

def test_overrides(client, overrides):
    replaced = overrides({shop.get_db: lambda: "fake"})
    assert client.get("/db").json() == "fake"
    replaced.stop()
    assert client.get("/db").json() == "real"

def test_clock(client, clock):
    before = client.get("/time").json()
    assert client.get("/time").json() == before
    clock.move(60)
    assert client.get("/time").json() != before
"""


def run_tests(folder: Path, *options: str) -> str:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False).stdout


def test_the_fixtures(tmp_path: Path) -> None:
    """A project with a fixture `app` has clients, overrides and a clock in its tests."""
    for name, text in (("conftest.py", CONFTEST), ("shop.py", SHOP), ("test_shop.py", TESTS)):
        (tmp_path / name).write_text(text)

    said = run_tests(tmp_path)

    assert "6 passed" in said, said


def test_a_project_without_an_application_is_told(tmp_path: Path) -> None:
    """Without a fixture `app` the message says to define it."""
    (tmp_path / "conftest.py").write_text('pytest_plugins = ["zonda.testing"]\n')
    (tmp_path / "test_shop.py").write_text("def test(client): ...\n")

    assert "define a fixture `app` in conftest.py that returns it" in run_tests(tmp_path)


# The lifespan of the async client


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request: pytest.FixtureRequest) -> Any:
    """anyio's plugin runs tests on both where trio is installed."""
    return request.param


@pytest.mark.anyio
async def test_the_state_of_the_lifespan_reaches_requests() -> None:
    """What the lifespan yields is in each request's state, as under a server."""

    @asynccontextmanager
    async def lifespan(app: Zonda) -> AsyncIterator[dict[str, Any]]:
        async with anyio.create_task_group():
            yield {"motto": "open"}

    app = Zonda(lifespan=lifespan)

    @app.get("/")
    async def read(request: Request) -> str:
        motto: str = request.state.motto
        return motto

    async with AsyncTestClient(app) as client:
        assert (await client.get("/")).json() == "open"


@pytest.mark.anyio
@pytest.mark.parametrize("when", ["start", "stop"])
async def test_what_a_lifespan_raises_is_raised(when: str) -> None:
    """A lifespan that fails ends the test with its error."""

    @asynccontextmanager
    async def lifespan(app: Zonda) -> AsyncIterator[None]:
        if when == "start":
            raise OSError("no broker")
        yield
        raise OSError("no broker")

    begun = []
    with pytest.raises(OSError, match="no broker"):
        async with AsyncTestClient(Zonda(lifespan=lifespan)):
            begun.append(when)
    assert begun == ([] if when == "start" else ["stop"])


@pytest.mark.anyio
async def test_what_an_application_says_of_its_failure_is_raised() -> None:
    """Some applications only tell the server, and raise nothing."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "lifespan.startup.failed", "message": "no broker"})

    with pytest.raises(RuntimeError, match="failed in its lifespan: no broker"):
        async with AsyncTestClient(app):
            raise AssertionError("it did not start")


@pytest.mark.anyio
async def test_an_error_of_the_test_stays_what_it_is() -> None:
    """The lifespan is stopped, and adds nothing."""
    events: list[str] = []

    @asynccontextmanager
    async def lifespan(app: Zonda) -> AsyncIterator[None]:
        yield
        events.append("stopped")

    with pytest.raises(ZeroDivisionError):
        async with AsyncTestClient(Zonda(lifespan=lifespan)):
            _ = 1 / 0
    with anyio.move_on_after(0.01):
        async with AsyncTestClient(Zonda(lifespan=lifespan)):
            await anyio.sleep_forever()

    assert events[0] == "stopped"
