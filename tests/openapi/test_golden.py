"""The document of an application is FastAPI's: the programs here were run there, and their documents recorded."""

import importlib
import json
from pathlib import Path

import pytest

from zonda.testclient import TestClient

GOLDEN = Path(__file__).parent / "golden"
NAMES = sorted(path.stem for path in GOLDEN.glob("*.json"))


@pytest.mark.parametrize("name", NAMES)
def test_the_document_is_equal_to_what_fastapi_says(name: str) -> None:
    """Each program has the document that FastAPI gave it, down to the order of the keys."""
    app = importlib.import_module(f"tests.openapi.programs.{name}").app

    served = TestClient(app).get("/openapi.json").json()

    assert json.dumps(served, indent=1, ensure_ascii=False) + "\n" == (GOLDEN / f"{name}.json").read_text()


def test_every_program_was_recorded() -> None:
    """A program without a recorded document would test nothing."""
    programs = {path.stem for path in (GOLDEN.parent / "programs").glob("*.py")} - {"__init__"}

    assert programs == set(NAMES)
