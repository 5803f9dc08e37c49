"""Tests of the messages that developers see: one file per mistake, with the declaration and what is said about it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from zonda.analysis.mistakes import Mistake

GOLDEN = Path(__file__).parent / "golden"
CASES = sorted(GOLDEN.glob("*.txt"))


def declared(source: str) -> str:
    """The error that the declaration raises, as Python shows it, with what it can be caught as."""
    names: dict[str, Any] = {"__name__": "shop.items"}
    try:
        exec(compile(source, "shop/items.py", "exec", dont_inherit=True), names)
    except Exception as error:  # noqa: BLE001  (whatever is raised is what is shown)
        caught_as = [kind.__name__ for kind in type(error).__mro__[1:] if kind not in {Mistake, Exception, object}]
        return f"{type(error).__name__} ({', '.join(caught_as[: caught_as.index('BaseException')])})\n{error}\n"
    raise AssertionError("Nothing was said about this declaration")


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_message(path: Path) -> None:
    """The message says what is wrong, where, and what to write instead.

    `ZONDA_GOLDEN=write pytest tests/errors` writes what is said now; read the difference as a user would.
    """
    source, _, expected = path.read_text().partition("\n----\n")
    said = declared(source)
    if os.environ.get("ZONDA_GOLDEN") == "write":
        path.write_text(f"{source}\n----\n{said}")
        return

    assert said == expected


def test_every_mistake_has_a_file() -> None:
    """No message is without its golden file."""
    named = {path.read_text().partition("\n----\n")[2].split(" ")[0] for path in CASES}

    def below(kind: type[Any]) -> set[str]:
        return {kind.__name__, *(name for child in kind.__subclasses__() for name in below(child))}

    assert below(Mistake) - {"Mistake"} - named == {"NoMultipart", "WrongMultipart"}
