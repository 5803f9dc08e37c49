"""Tests of what a request costs, counted and not timed: the calls of Python functions on the native path.

A number here may only become smaller, or its change says why it had to grow. `python -m benchmarks.steps` shows the
machine instructions behind it, and `make bench` what they cost in a server.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

MOST = {
    "hello": 20,
    "hello_browser": 20,
    "parameters": 21,
    "body": 28,
    "dependencies": 42,
    "not_found": 19,
    "invalid": 42,
    "middleware": 61,
    "realistic": 83,
}


@pytest.fixture(scope="module")
def calls() -> dict[str, dict[str, float]]:
    """Subject → function → its calls for one request; counted in a process where `fastapi` means Zonda."""
    command = [sys.executable, "-m", "benchmarks.calls", *MOST]
    folder = Path(__file__).parent.parent
    found: dict[str, dict[str, float]] = json.loads(subprocess.check_output(command, cwd=folder, text=True))
    return found


@pytest.mark.skipif(sys.version_info[:2] != (3, 13), reason="other Pythons start tasks otherwise")
@pytest.mark.parametrize(("name", "most"), MOST.items())
def test_a_request_calls_no_more_functions(calls: dict[str, dict[str, float]], name: str, most: int) -> None:
    """A request of the subject calls at most so many Python functions, from the bytes read to the bytes written."""
    assert sum(calls[name].values()) <= most, "\n".join(f"{number} {what}" for what, number in calls[name].items())
