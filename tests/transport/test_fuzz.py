"""Random streams are read alike by both paths and by h11, and the fuzzer that says so finds what it looks for."""

from __future__ import annotations

import subprocess
import sys

import pytest

from .fuzz.compare import differences
from .fuzz.faults import FAULTS, Fault


def test_random_streams_are_read_alike() -> None:
    """However a stream is malformed: what we accept, h11 reads the same way, and our two paths never differ."""
    _, found = differences(500, "tests")

    assert not found, "\n".join(map(str, found))


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_a_planted_fault_is_found(fault: Fault) -> None:
    """Each fault is found within 4,000 streams."""
    with fault():
        compared, found = differences(4000, "planted", most=1)

    assert found, compared


def test_the_command_searches_with_several_processes() -> None:
    """What `make fuzz-long` runs works in processes that are started anew, and looks at as many streams as it says."""
    command = [sys.executable, "-m", "tests.transport.fuzz", "--inputs", "20", "--seed", "7", "--processes", "2"]

    ended = subprocess.run(command, capture_output=True, text=True, check=False)

    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.endswith("20 streams compared, as many hostile requests sent, with seed 7: 0 findings\n")
