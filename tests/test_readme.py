"""This module runs what the README shows."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()

APPLICATION, UNDER_ANOTHER_SERVER = re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)
SHELL = [
    line.split("#")[0].strip()
    for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
    for line in block.splitlines()
]

CLIENT = """
from zonda.testclient import TestClient
from main import app

client = TestClient(app)
assert client.post("/notes", json={"text": "Buy milk", "tags": ["home"]}).json() == {"id": 1}
assert client.get("/notes/1").json() == {"text": "Buy milk", "tags": ["home"]}
assert client.get("/notes", params={"tag": "work"}).json() == []
assert client.get("/notes/2").status_code == 404
assert client.get("/notes", params={"tag": "x"}).status_code == 422
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "main.py").write_text(APPLICATION)
    return tmp_path


def python(folder: Path, *arguments: str) -> str:
    done = subprocess.run([sys.executable, *arguments], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_example_answers(folder: Path) -> None:
    """The application in the README does what a reader expects of it."""
    python(folder, "-c", CLIENT)


def test_the_lines_for_another_server_work(folder: Path) -> None:
    """After the two lines, FastAPI's name means Zonda."""
    check = "import zonda; assert FastAPI is zonda.Zonda"

    python(folder, "-c", f"{UNDER_ANOTHER_SERVER}\n{check}")


@pytest.mark.parametrize("line", [line for line in SHELL if re.match("zonda (routes|explain|openapi)", line)])
def test_commands_that_look_at_the_example_work(folder: Path, line: str) -> None:
    """Each command of the README runs on its example."""
    python(folder, "-m", *line.split())


@pytest.mark.parametrize("line", [line for line in SHELL if re.match("zonda (dev|run)", line)])
def test_options_of_serving_commands_exist(folder: Path, line: str) -> None:
    """The serving commands take the options that the README gives them."""
    python(folder, "-m", *line.split(), "--help")


@pytest.mark.parametrize("line", [line for line in SHELL if line.startswith("make ")])
def test_make_targets_exist(line: str) -> None:
    """Each target that the README names is in the Makefile."""
    target = line.removeprefix("make ")

    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), flags=re.MULTILINE)


def test_each_page_of_the_documentation_is_named() -> None:
    """The table of the README has a line for each page under docs/, and no line for another."""
    pages = {page.relative_to(ROOT).as_posix() for page in ROOT.glob("docs/**/*.md")}

    assert sorted(re.findall(r"^\| \[(docs/.+?)\]\(\1\)", README, flags=re.MULTILINE)) == sorted(pages)
