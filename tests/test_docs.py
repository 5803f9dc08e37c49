"""This module runs what the pages under docs/ show: the Python blocks of a page, in order, as one program."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

DOCS = Path(__file__).parent.parent / "docs"
BLOCK = re.compile(r"^```python\n(.*?)^```$", flags=re.DOTALL | re.MULTILINE)
# Pages that compare show only the lines that matter; these stand before them.
PRELUDES = {
    "differences": """
from typing import Annotated
from pydantic import BaseModel
from zonda import APIRouter, Body, Zonda
from zonda.sse import EventSourceResponse
app = Zonda()
""",
}


def program(page: Path) -> str:
    """The blocks at the lines where the page has them, so that a traceback points at the page."""
    text = page.read_text()
    lines = [""] * (text.count("\n") + 1)
    for block in BLOCK.finditer(text):
        first = text.count("\n", 0, block.start(1))
        shown = block[1].splitlines()
        lines[first : first + len(shown)] = shown
    return "\n".join(lines)


PAGES = [page for page in sorted(DOCS.glob("**/*.md")) if BLOCK.search(page.read_text())]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_does_what_it_says(page: Path, tmp_path: Path) -> None:
    """Every example runs, and what it asserts is true."""
    (tmp_path / "example.py").write_text(program(page))
    prelude = PRELUDES.get(page.stem, "")
    start = f"{prelude}\nexec(compile(open('example.py').read(), {str(page)!r}, 'exec'))"

    done = subprocess.run(
        [sys.executable, "-c", start], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60
    )

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("page", sorted(DOCS.glob("**/*.md")), ids=lambda page: page.stem)
def test_links_lead_somewhere(page: Path) -> None:
    """Each relative link of a page names a file."""
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text())

    assert [link for link in links if not (page.parent / link).exists()] == []
