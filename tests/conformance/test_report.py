"""This module tests the verdict on FastAPI's suite."""

from __future__ import annotations

from conformance.report import MOST_NOT_APPLICABLE, area, excuses, judge, summary, text
from conformance.suite import Outcome, Outcomes


def outcomes(**named: str) -> Outcomes:
    return {f"tests/test_{name}.py::test": Outcome(outcome, f"reason of {name}") for name, outcome in named.items()}


ONE, TWO = "tests/test_one.py::test", "tests/test_two.py::test"


def test_what_fastapi_passes_has_to_pass() -> None:
    """A test that FastAPI passes and Zonda fails makes the verdict bad."""
    verdict = judge(outcomes(one="passed", two="passed"), outcomes(one="passed", two="failed"), {})

    assert (verdict.passed, verdict.failed, verdict.is_good) == ([ONE], [TWO], False)


def test_what_was_not_found_fails() -> None:
    """A test that did not run at all counts as failed, and the report says why."""
    fastapi, zonda = outcomes(one="passed"), {"tests/test_one.py": Outcome("failed", "ImportError: x")}
    verdict = judge(fastapi, zonda, {})

    assert verdict.failed == [ONE]
    assert "its file could not be imported: ImportError: x" in text(verdict, zonda, {})


def test_what_fastapi_fails_is_kept_apart() -> None:
    """Tests that FastAPI itself fails or skips here say nothing about Zonda."""
    verdict = judge(outcomes(one="failed", two="skipped"), outcomes(one="failed", two="failed"), {})

    assert verdict.fails_on_fastapi == [ONE]
    assert verdict.skipped == [TWO]
    assert verdict.is_good


def test_entries_of_the_list_have_to_fail() -> None:
    """An entry excuses a failure; one that passes, or that names no test, is itself a failure."""
    fastapi, zonda = outcomes(one="passed", two="passed"), outcomes(one="passed", two="failed")

    assert judge(fastapi, zonda, {TWO: "private"}).is_good
    assert judge(fastapi, zonda, {ONE: "private", TWO: "private"}).wrong_entries == [ONE]
    assert judge(fastapi, zonda, {"tests/gone.py::test": "private", TWO: "private"}).wrong_entries


def test_the_list_is_short() -> None:
    """More entries than the limit make the verdict bad."""
    names = [f"n{number}" for number in range(MOST_NOT_APPLICABLE + 1)]
    fastapi = outcomes(**dict.fromkeys(names, "passed"))
    zonda = outcomes(**dict.fromkeys(names, "failed"))

    assert not judge(fastapi, zonda, dict.fromkeys(fastapi, "private")).is_good


def test_a_part_is_judged_by_what_ran() -> None:
    """When a part of the suite was asked for, the rest is not missed."""
    verdict = judge(outcomes(one="passed", two="passed"), outcomes(one="passed"), {}, is_part=True)

    assert (verdict.passed, verdict.failed) == ([ONE], [])


def test_summary() -> None:
    """The last line has the counts and the share."""
    verdict = judge(outcomes(one="passed", two="passed"), outcomes(one="passed", two="failed"), {})

    assert summary(verdict, on="Python 3.13") == "Python 3.13: 1 passed, 1 failed, 0 not applicable (50.0 %)"


def test_areas() -> None:
    """A test belongs to an area by its file's path."""
    assert area("tests/test_tutorial/test_security/test_tutorial005.py::test_login") == "security"
    assert area("tests/test_ws_router.py::test") == "websockets"
    assert area("tests/test_strange.py::test") == "other"


def test_every_entry_has_a_reason() -> None:
    """The list in the repository gives a sentence for each of its entries."""
    assert all(len(reason.split()) > 3 for reason in excuses().values())
