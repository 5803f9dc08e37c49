"""Tests of what is imported when: an application pays for what it uses, and every name is there all the same."""

from __future__ import annotations

import importlib
import subprocess
import sys

import pytest

import zonda

UNUSED_BY_IMPORT = {
    "anyio._backends._asyncio", "email_validator", "gzip", "httpx2", "jinja2", "opentelemetry", "pydantic.color",
    "pydantic.networks", "starlette.templating", "starlette.testclient", "typer", "uvicorn", "websockets",
    "zonda.analysis.plan", "zonda.cli", "zonda.compiler", "zonda.encoders", "zonda.interpreter.handlers",
    "zonda.openapi.models", "zonda.openapi.pages", "zonda.openapi.utils", "zonda.problem_details", "zonda.runtime",
    "zonda.security.models", "zonda.server.config", "zonda.server_sent_event", "zonda.startup.stack",
    "zonda.testclient", "zonda.transport",
}  # fmt: skip
if sys.version_info >= (3, 13):  # before, Starlette asks asyncio what a coroutine function is
    UNUSED_BY_IMPORT |= {"asyncio", "concurrent.futures"}
UNUSED_BY_HELLO = {
    "email_validator", "gzip", "httpx2", "jinja2", "opentelemetry", "starlette.templating", "starlette.testclient",
    "typer", "uvicorn", "websockets", "zonda.cli", "zonda.interpreter.handlers", "zonda.openapi.models",
    "zonda.openapi.utils", "zonda.security.models", "zonda.server_sent_event", "zonda.testclient",
}  # fmt: skip

HELLO = """
import asyncio
from zonda import Zonda

app = Zonda()

@app.get("/")
async def hello(): return {"message": "Hello"}

async def ask():
    sent = []
    async def receive(): return {"type": "http.request", "body": b""}
    async def send(message): sent.append(message)
    scope = {"type": "http", "http_version": "1.1", "method": "GET", "scheme": "http", "path": "/", "raw_path": b"/"}
    await app({**scope, "query_string": b"", "root_path": "", "headers": [], "asgi": {}}, receive, send)
    return sent

assert asyncio.run(ask())[0]["status"] == 200
"""


@pytest.mark.parametrize(
    ("program", "unused"),
    [
        ("from zonda import Zonda", UNUSED_BY_IMPORT),
        ("import zonda.compat; zonda.compat.install()\nfrom fastapi import FastAPI", UNUSED_BY_IMPORT),
        (HELLO, UNUSED_BY_HELLO),
    ],
    ids=["import", "alias", "hello"],
)
def test_what_is_not_used_is_not_imported(program: str, unused: set[str]) -> None:
    """The application's class, and an application after its first answer, leave alone what they do not need."""
    assert set(loaded_by(program)) & unused == set()


def test_the_package_alone_imports_nothing() -> None:
    """`import zonda` imports neither Starlette nor Pydantic: its names do, when they are asked for."""
    assert {"starlette", "pydantic"} & set(loaded_by("import zonda")) == set()


@pytest.mark.parametrize(
    "module", ["zonda", "zonda.concurrency", "zonda.interpreter", "zonda.routing", "zonda.security"]
)
def test_late_names_are_names(module: str) -> None:
    """Each public name of a module that imports late is listed, is there, and stays the same object."""
    loaded = importlib.import_module(module)

    for name in loaded.__all__:
        assert name in dir(loaded)
        assert getattr(loaded, name) is getattr(loaded, name)


def test_public_modules_are_attributes() -> None:
    """`import zonda` is enough for `zonda.routing.APIRoute`, as `import fastapi` is."""
    program = "import zonda; print(zonda.routing.APIRoute.__name__, zonda.responses.JSONResponse.__name__)"

    assert subprocess.check_output([sys.executable, "-c", program], text=True) == "APIRoute JSONResponse\n"


def test_a_missing_name_is_an_attribute_error() -> None:
    """A name that no module has is refused in Python's words."""
    with pytest.raises(AttributeError, match="module 'zonda' has no attribute 'Fastapi'"):
        _ = zonda.Fastapi  # type: ignore[attr-defined]  # that is what is tested


def loaded_by(program: str) -> list[str]:
    """The modules that a program has loaded in the end."""
    whole = f"{program}\nimport sys\nprint(*sys.modules)"
    return subprocess.check_output([sys.executable, "-c", whole], text=True).split()
