"""Tests of the fixtures that applications are tested with, in a project of their own."""

import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

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


@pytest.mark.anyio
async def test_the_state_of_the_lifespan_reaches_requests() -> None:
    """What the lifespan yields is in each request's state, as under a server."""

    @asynccontextmanager
    async def lifespan(app: Zonda) -> AsyncIterator[dict[str, Any]]:
        yield {"motto": "open"}

    app = Zonda(lifespan=lifespan)

    @app.get("/")
    async def read(request: Request) -> str:
        motto: str = request.state.motto
        return motto

    async with AsyncTestClient(app) as client:
        assert (await client.get("/")).json() == "open"


@pytest.mark.anyio
async def test_a_failed_start_is_raised() -> None:
    """A lifespan that fails ends the test with its error."""

    @asynccontextmanager
    async def lifespan(app: Zonda) -> AsyncIterator[None]:
        raise OSError("no broker")
        yield

    with pytest.raises(OSError, match="no broker"):
        async with AsyncTestClient(Zonda(lifespan=lifespan)):
            raise AssertionError("it did not start")
