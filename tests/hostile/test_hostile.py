"""Nothing that a client sends breaks an application, and the fuzzer that says so finds what it looks for."""

from __future__ import annotations

import pytest

from .faults import FAULTS, Fault
from .search import findings


# Starlette's parser drops the file of a part that does not end; the file is closed as nothing else holds it.
@pytest.mark.filterwarnings("ignore:Unclosed file <tempfile.SpooledTemporaryFile:ResourceWarning")
def test_hostile_requests_are_answered() -> None:
    """No 500, no hang, no loop held up, no answer that cannot be read, nothing accepted that is wrong beyond doubt."""
    _, found = findings(500, "tests")

    assert not found, "\n".join(map(str, found))


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_a_planted_fault_is_found(fault: Fault) -> None:
    """Each fault is found within 4,000 requests."""
    with fault():
        sent, found = findings(4000, "planted", most=1)

    assert found, sent
