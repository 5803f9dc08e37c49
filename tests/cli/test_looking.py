"""This module tests the commands that look into an application."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

APPLICATION = """
from typing import Annotated

from fastapi import Depends, FastAPI
from pydantic import BaseModel

app = FastAPI(title="Shop")


class Item(BaseModel):
    name: str


class Order(BaseModel):
    item: str
    count: int = 1


def settings() -> dict: return {}


async def database(settings: Annotated[dict, Depends(settings)]):
    yield "database"


@app.post("/orders/{user_id}")
async def place_order(user_id: int, order: Order, db: Annotated[str, Depends(database)]) -> Item:
    return Item(name=order.item)


@app.websocket("/feed")
async def feed(websocket): ...
""".replace("feed(websocket)", "feed(websocket: WebSocket)").replace("Depends, FastAPI", "Depends, FastAPI, WebSocket")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "main.py").write_text(APPLICATION)
    return tmp_path


def zonda(folder: Path, *arguments: str, status: int = 0) -> str:
    """What the command says: standard output, or standard error when it fails."""
    command = [sys.executable, "-m", "zonda", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == status, done.stdout + done.stderr
    return done.stderr if status else done.stdout


def test_routes(folder: Path) -> None:
    """The table has a line for each route, and says which take the native path."""
    lines = zonda(folder, "routes").splitlines()

    assert lines[1].split() == ["POST", "/orders/{user_id}", "main.place_order", "yes"]
    assert lines[2].split(maxsplit=3) == ["WEBSOCKET", "/feed", "main.feed", "no: a websocket is answered through ASGI"]
    assert lines[-1] == "1 of 2 routes take the native path."
    assert "/openapi.json" in zonda(folder, "routes", "--pages")


def test_what_is_odd_is_said_below_the_routes(folder: Path) -> None:
    """Mistakes that FastAPI accepts are told with their place, on standard error."""
    odd = 'from fastapi import FastAPI\napp = FastAPI()\n@app.get("/{name}")\ndef read() -> str: ...\n'
    (folder / "odd.py").write_text(odd)
    command = [sys.executable, "-m", "zonda", "routes", "odd.py"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)

    assert done.stdout.splitlines()[-1] == "1 of 1 routes take the native path."
    assert "The path has `{name}`, and nothing reads it\nWhere: GET /{name}, read(), odd.py, line" in done.stderr


def test_explain(folder: Path) -> None:
    """The plan is drawn with the dependency tree and where a 422 may come from; the code follows."""
    text = zonda(folder, "explain", "POST", "/orders/5")

    assert "native path: yes" in text
    assert "db = database()   step 2, async def with yield, closed after the reply" in text
    assert "settings = settings()   step 1, def" in text
    assert text.index("db = database()") < text.index("settings = settings()")
    assert "user_id: int   from the path, required (422 without it)" in text
    assert "order: Order   from the body, required (422 without it)" in text
    assert "validated and filtered as Item" in text
    assert "async def respond(exchange):" in text
    assert "result = await place_order(" in text


def test_explain_says_what_ends_a_handler(folder: Path) -> None:
    """A deadline and the end by a leaving client are told where they count, inherited or not."""
    (folder / "late.py").write_text(
        "from zonda import Zonda\napp = Zonda(deadline=2.5)\n"
        '@app.get("/", cancel_on_disconnect=True)\nasync def read() -> int:\n    return 1\n'
    )

    text = zonda(folder, "explain", "GET", "/", "late:app")

    assert "deadline   2.5 s from here on; 504 beyond" in text
    assert "cancelled when the client leaves" in text


def test_explain_values_of_the_application_and_waves(folder: Path) -> None:
    """The tree says what the application has one of, with what it is opened with, and what runs at the same time."""
    (folder / "main.py").write_text("""
from zonda import Depends, Zonda

app = Zonda(parallel_dependencies=True)

def settings(): ...
async def pool(settings=Depends(settings), size: int = 5): yield
async def user(): ...
async def cart(): ...

@app.get("/")
async def read(pool=Depends(pool, scope="app"), user=Depends(user), cart=Depends(cart)): ...
""")

    text = " ".join(zonda(folder, "explain", "GET", "/").split())

    assert "pool = pool() step 1, async def with yield, the application has one" in text
    assert "settings = settings() def, the application has one" in text
    assert "size: int its default 5" in text
    assert "user = user() step 2, async def, at the same time as cart" in text


def test_explain_what_is_not_answered(folder: Path) -> None:
    """A request without a route is told why."""
    assert "405: the path has POST" in zonda(folder, "explain", "GET", "/orders/5", status=1)


def test_openapi(folder: Path) -> None:
    """The document goes to standard output, or to a file whose name says the form."""
    document = json.loads(zonda(folder, "openapi"))
    zonda(folder, "openapi", "main.py", "--output", "shop.yaml")
    zonda(folder, "openapi", "main:app", "-o", "shop.json", "--indent", "0")

    assert document["info"]["title"] == "Shop"
    assert yaml.safe_load((folder / "shop.yaml").read_text()) == document
    assert json.loads((folder / "shop.json").read_text()) == document
    assert yaml.safe_load(zonda(folder, "openapi", "--format", "yaml")) == document
    assert json.loads(zonda(folder, "openapi", "--output", "-")) == document


def test_openapi_into_a_missing_folder(folder: Path) -> None:
    """A file that cannot be written is said."""
    message = zonda(folder, "openapi", "-o", "nowhere/shop.json", status=1)

    assert "Cannot write nowhere/shop.json: No such file or directory" in message


def test_a_broken_application_is_shown_at_its_line(folder: Path) -> None:
    """Commands that load the application show the user's own frames only."""
    (folder / "main.py").write_text("import shop\n")
    (folder / "shop.py").write_text("\nprice = 1 / 0\n")

    message = zonda(folder, "routes", status=1)

    assert "→ shop.py:2 in <module>" in message
    assert message.count("ZeroDivisionError: division by zero") == 1
    assert "Could not load main." in message
    assert "importlib" not in message


def test_version(folder: Path) -> None:
    """The command says its version."""
    assert zonda(folder, "--version").startswith("zonda 0.")


@pytest.mark.parametrize("arguments", [("routes",), ("explain", "GET", "/")])
def test_an_application_of_fastapi_itself(folder: Path, arguments: tuple[str, ...]) -> None:
    """Without the alias there is nothing compiled to look into; the message says what to do."""
    (folder / "fastapi.py").write_text("class FastAPI: ...")
    (folder / "main.py").write_text("from fastapi import FastAPI\napp = FastAPI()\n")

    message = zonda(folder, *arguments, "--no-alias", status=1)

    assert "main is FastAPI's own application, because --no-alias" in message
    assert "Leave --no-alias out" in message
    assert "Traceback" not in message


def test_an_application_of_another_framework(folder: Path) -> None:
    """What is no application of Zonda is named."""
    (folder / "other.py").write_text("from starlette.applications import Starlette\napp = Starlette()\n")

    message = zonda(folder, "routes", "other:app", status=1)

    assert "other:app is a starlette.applications.Starlette, not an application of Zonda" in message


def test_explain_a_page_of_the_documentation(folder: Path) -> None:
    """Pages take the native path without a generated function; nothing else is said of them."""
    text = zonda(folder, "explain", "GET", "/docs")

    assert "native path: yes" in text
    assert "a function of Zonda's answers" in text
    assert "ASGI" not in text


FACTORY = "from fastapi import FastAPI\ndef create_app():\n    return FastAPI(title='Made')\n"


def test_a_factory_is_found_and_hinted_at(folder: Path) -> None:
    """A file with only create_app() is told of --factory, which then works without a name."""
    (folder / "made.py").write_text(FACTORY)

    assert "If create_app() makes it, add --factory." in zonda(folder, "openapi", "made.py", status=1)
    assert json.loads(zonda(folder, "openapi", "made.py", "--factory"))["info"]["title"] == "Made"
    assert json.loads(zonda(folder, "openapi", "made:create_app", "--factory"))["info"]["title"] == "Made"


def test_an_application_is_no_factory(folder: Path) -> None:
    """--factory for an application is told to be too much."""
    assert "leave --factory out" in zonda(folder, "routes", "main:app", "--factory", status=1)
    assert "There is no create_app() in module 'main'" in zonda(folder, "routes", "--factory", status=1)
