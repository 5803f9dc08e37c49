"""This module tests where the application is looked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from zonda.cli.discovery import DEFAULT_FILES, DiscoveryError, find_target
from zonda.server.target import Target


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


@pytest.mark.parametrize("name", DEFAULT_FILES)
def test_each_default_file_is_found(folder: Path, name: str) -> None:
    """Without a TARGET, FastAPI's file names are tried."""
    write(folder, name)

    found = find_target(None)

    assert Path(found.directory, f"{found.module}.py") == folder / name


def test_default_files_have_an_order(folder: Path) -> None:
    """main.py comes before app.py, and the folder itself before app/."""
    write(folder, "app.py", "main.py", "app/main.py")

    assert find_target(None) == Target("main", directory=str(folder))


def test_nothing_found_names_what_was_tried(folder: Path) -> None:
    """Without any file, the message says what was looked for and how to say it."""
    with pytest.raises(DiscoveryError, match=r"none of main\.py, app\.py") as raised:
        find_target(None)

    assert "[tool.zonda]" in str(raised.value)


def test_packages_belong_to_the_module_name(folder: Path) -> None:
    """Folders with an __init__.py are part of the module's name; the folder above them goes on the path."""
    write(folder, "src/shop/__init__.py", "src/shop/web/__init__.py", "src/shop/web/main.py")

    assert find_target("src/shop/web/main.py") == Target("shop.web.main", directory=str(folder / "src"))
    assert find_target("src/shop/web") == Target("shop.web", directory=str(folder / "src"))
    assert find_target("src/shop/web/__init__.py") == Target("shop.web", directory=str(folder / "src"))


def test_app_folder_that_is_a_package(folder: Path) -> None:
    """app/main.py of a package is the module app.main, so that its relative imports work."""
    write(folder, "app/__init__.py", "app/main.py")

    assert find_target(None) == Target("app.main", directory=str(folder))


def test_module_and_name(folder: Path) -> None:
    """module:app is taken as Uvicorn takes it; a file may have a name, too."""
    write(folder, "shop/main.py")

    assert find_target("shop.main:api.inner") == Target("shop.main", "api.inner")
    assert find_target("shop/main.py:api") == Target("main", "api", str(folder / "shop"))
    assert find_target("shop.main") == Target("shop.main")


def test_the_name_option_wins(folder: Path) -> None:
    """--app names the object."""
    write(folder, "main.py")

    assert find_target("main.py", name="other").name == "other"


@pytest.mark.parametrize("text", ["missing.py", "shop/missing.py", "missing"])
def test_what_does_not_exist_is_said(folder: Path, text: str) -> None:
    """A TARGET that is not there is named, in FastAPI's words."""
    with pytest.raises(DiscoveryError, match=f"^Path does not exist {text}"):
        find_target(text)


def test_folder_without_package(folder: Path) -> None:
    """A plain folder is no module; the message says so."""
    write(folder, "shop/main.py")

    with pytest.raises(DiscoveryError, match="without __init__"):
        find_target("shop")


@pytest.mark.parametrize("table", ["zonda", "fastapi"])
def test_entrypoint_of_the_project(folder: Path, table: str) -> None:
    """pyproject.toml is asked before file names are tried."""
    write(folder, "main.py")
    (folder / "pyproject.toml").write_text(f'[tool.{table}]\nentrypoint = "shop.web:api"\n')

    assert find_target(None) == Target("shop.web", "api")


def test_our_table_comes_first(folder: Path) -> None:
    """A project may have both tables, while it moves."""
    (folder / "pyproject.toml").write_text(
        '[tool.fastapi]\nentrypoint = "old:app"\n[tool.zonda]\nentrypoint = "new:app"\n'
    )

    assert find_target(None).module == "new"


@pytest.mark.parametrize("content", ['[tool.zonda]\nentrypoint = "main"\n', "[tool.zonda]\nentrypoint = 3\n", "[tool"])
def test_bad_project_files_are_said(folder: Path, content: str) -> None:
    """A pyproject.toml that cannot be meant is an error, not overlooked."""
    (folder / "pyproject.toml").write_text(content)

    with pytest.raises(DiscoveryError, match=r"pyproject\.toml"):
        find_target(None)


@pytest.mark.parametrize(
    ("text", "meant"), [("shop/mian.py", "shop/main.py"), ("mani", "main.py"), ("items.py", "shop/items.py")]
)
def test_near_names_are_suggested(folder: Path, text: str, meant: str) -> None:
    """A file beside the wrong name, or one of this name in a folder, is proposed."""
    write(folder, "main.py", "shop/main.py", "shop/items.py")

    with pytest.raises(DiscoveryError, match=f"Did you mean {meant}"):
        find_target(text)
