"""The table that maps capabilities to tests is whole and true."""

import ast
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

TESTS = Path(__file__).parent.parent
ROWS: dict[str, dict[str, Any]] = tomllib.loads((TESTS / "rows.toml").read_text())
LAST = Counter(
    OV=4, ROUT=14, PAR=26, BODY=8, VAL=16, RESP=17, DI=28, ERR=13, MW=17, CORS=8, BG=8, LIFE=6, WS=12, STR=8, SSE=9,
    SEC=18, TEST=8, OAPI=18, PERF=7,
)  # fmt: skip
UNUSED = ("RESP-14", "DI-19", "DI-23")
COVERED = {row: test for group in ROWS.values() for row, test in group["covered"].items()}


def test_each_row_names_a_test_that_exists() -> None:
    """A row points at a test function by file and name."""
    missing = [
        row for row, test in COVERED.items() if test.partition("::")[2] not in _functions(test.partition("::")[0])
    ]

    assert COVERED
    assert missing == []


def test_no_row_is_left_out() -> None:
    """The rows of each kind are numbered without a gap but for the numbers that the list itself leaves out."""
    rows = [row for group in ROWS.values() for part in group.values() for row in part]
    last = Counter[str]()
    for row in rows:
        kind, _, number = row.partition("-")
        last[kind] = max(last[kind], int(number))

    assert last == LAST
    assert len(rows) == len(set(rows)) == sum(LAST.values()) - len(UNUSED)


def test_no_test_stands_for_more_than_three_rows() -> None:
    """A test that fails points at few capabilities."""
    assert [test for test, count in Counter(COVERED.values()).items() if count > 3] == []


def test_what_is_not_covered_has_a_reason() -> None:
    """A row is either covered or outside the framework, with the reason in words."""
    for group in ROWS.values():
        outside = group.get("outside", {})
        assert not set(outside) & set(group["covered"])
        assert all(len(reason.split()) >= 4 for reason in outside.values())


def _functions(file: str) -> set[str]:
    tree = ast.parse((TESTS / file).read_text())
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
