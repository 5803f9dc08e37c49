"""Tests of the tool that measures what the transport's checks cost: what is switched off is off, and nothing else."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from benchmarks.switches import CHECKS, PACKAGE, Edit, TextNotFound, edits_of

FOLDER = Path(__file__).parent.parent
STOPPED = {
    "first-line": 400,
    "sizes": 414,
    "fields": 400,
    "host": 400,
    "lengths": 400,
    "body-size": 413,
    "deadlines": 408,
    "turns": None,
    "back-pressure": None,
    "endings": None,
    "concurrency": 503,
    "answers": 500,
}
"""Check → the status that what it stops is answered with; None is no answer."""

LET_THROUGH = {
    "first-line": 404,
    "sizes": 404,
    "fields": 405,
    "host": 200,
    "lengths": 200,
    "body-size": 200,
    "deadlines": None,
    # Where tasks do not start at once, the loop has its turns in between anyway.
    "turns": 200 if sys.version_info >= (3, 12) else None,
    "back-pressure": 200,
    "endings": 200,
    "concurrency": 200,
    "answers": 200,
}


def source_of(module: str) -> str:
    spec = find_spec(f"{PACKAGE}.{module}")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).read_text(encoding="utf-8")


@pytest.mark.parametrize("edit", edits_of(CHECKS), ids=lambda edit: edit.module)
def test_the_transport_has_what_is_switched_off(edit: Edit) -> None:
    """The text of a check stands once in its module; whoever changes it changes `benchmarks/switches.py` as well."""
    assert edit.apply(source_of(edit.module)).count(edit.text) == 0


def test_a_check_that_is_not_there_is_an_error() -> None:
    """Text that is in its module no more is told, and not taken for a check that costs nothing."""
    with pytest.raises(TextNotFound, match=r"0 times in zonda\.transport\.wire:\nthis is not there"):
        Edit("wire", "this is not there").apply(source_of("wire"))


@pytest.mark.skipif(sys.platform == "win32", reason="forks")
def test_a_check_is_switched_off_alone() -> None:
    """Without a check, what it stops gets through, what the others stop does not, and requests are answered right."""
    said = subprocess.run(
        [sys.executable, "-m", "tests.switched"], capture_output=True, text=True, cwd=FOLDER, check=False
    )

    assert said.returncode == 0, said.stderr
    found = dict(map(json.loads, said.stdout.splitlines()))
    assert found == {
        "none": STOPPED,
        **{name: {**STOPPED, name: LET_THROUGH[name]} for name in CHECKS},
        "all": LET_THROUGH,
    }
