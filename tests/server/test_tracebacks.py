"""This module tests the tracebacks of `zonda dev`."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from zonda.server.tracebacks import friendly


def test_only_the_users_frames_are_shown() -> None:
    """Frames of libraries are counted, not printed, and the last line names the user's line."""
    try:
        json.loads("{")
    except ValueError as error:
        text = friendly(error)

    assert "frames of libraries left out" in text
    assert "json/decoder.py" not in text
    assert text.splitlines()[-1].startswith("→ ")
    assert f"{Path(__file__).name}:" in text.splitlines()[-1]


def test_errors_behind_are_shown_too() -> None:
    """The error that another was raised from keeps its line."""
    try:
        try:
            json.loads("{")
        except ValueError as error:
            raise LookupError("no settings") from error
    except LookupError as error:
        text = friendly(error)

    assert "JSONDecodeError" in text
    assert "no settings" in text


def test_without_users_frames_all_is_shown(tmp_path: Path) -> None:
    """An error that never was in the user's code keeps its whole traceback."""
    code = (
        "import json\n"
        "from zonda.server.tracebacks import friendly\n"
        "try: json.loads('{')\n"
        "except ValueError as error: print(friendly(error))"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path)

    assert "decoder.py" in done.stdout
