"""This module tests how an application is loaded by its name."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from zonda.server.target import Target, TargetError


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    before, path = set(sys.modules), list(sys.path)
    yield tmp_path
    for name in set(sys.modules) - before:
        del sys.modules[name]
    sys.path[:] = path


def target(folder: Path, source: str, name: str | None = None, *, is_factory: bool = False) -> Target:
    (folder / "subject.py").write_text(source)
    return Target("subject", name, str(folder), alias=False, is_factory=is_factory)


ONE = "from zonda.applications import Zonda\n"


@pytest.mark.parametrize(
    ("source", "title"),
    [
        ("other = Zonda(title='other')\napi = Zonda(title='api')\napp = Zonda(title='app')", "app"),
        ("other = Zonda(title='other')\napi = Zonda(title='api')", "api"),
        ("number = 3\nother = Zonda(title='other')", "other"),
        ("app = 3\nother = Zonda(title='other')", "other"),
    ],
)
def test_the_name_is_found(folder: Path, source: str, title: str) -> None:
    """`app`, then `api`, then any application, whatever else has such a name."""
    assert target(folder, ONE + source).load().title == title


def test_a_name_may_have_dots(folder: Path) -> None:
    """An application may be an attribute of an object, and of any ASGI kind."""
    source = "class holder:\n    async def app(scope, receive, send): ..."

    assert target(folder, source, "holder.app").load().__name__ == "app"


def test_factory(folder: Path) -> None:
    """A function that makes the application is called."""
    assert target(folder, "def make(): return 'application'", "make", is_factory=True).load() == "application"


@pytest.mark.parametrize(
    ("source", "name", "message"),
    [
        ("app = 3", None, "There is no application in module 'subject'"),
        (ONE + "app = Zonda()", "nope", r"has no 'nope'\. Did you mean subject:app\?"),
        ("app = 3", "app", "subject:app is 3, which is not an application"),
    ],
)
def test_no_application_is_explained(folder: Path, source: str, name: str | None, message: str) -> None:
    """What is wrong with a name is said in words."""
    with pytest.raises(TargetError, match=message):
        target(folder, source, name).load()


def test_missing_module_is_explained(folder: Path) -> None:
    """A module that is not there is named together with the folder."""
    with pytest.raises(TargetError, match="There is no module 'nowhere'"):
        Target("nowhere", "app", str(folder), alias=False).load()


def test_what_the_users_code_misses_is_its_own_error(folder: Path) -> None:
    """An import that fails inside the user's module is raised as it is, with the user's line."""
    with pytest.raises(ModuleNotFoundError, match="nowhere") as raised:
        target(folder, "import nowhere").load()

    assert raised.traceback[-1].path == folder / "subject.py"


def test_parse() -> None:
    """An import string is a module and a name."""
    assert Target.parse("shop.main:app.inner") == Target("shop.main", "app.inner")
    assert str(Target.parse("shop.main")) == "shop.main"
