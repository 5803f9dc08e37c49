"""This module runs small programs in interpreters of their own: an alias cannot be taken back."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "src"


def run_program(program: str, *, directory: Path, path: tuple[Path, ...] = ()) -> str:
    """What a program prints; its traceback becomes the test's failure."""
    (directory / "program.py").write_text(program)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (SOURCE, *path)))}
    done = subprocess.run(
        [sys.executable, "-W", "error", "program.py"],
        cwd=directory,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def make_package(directory: Path, name: str, **modules: str) -> Path:
    """A package that stands in for one that is installed; returns the folder to put on the path."""
    package = directory / "site" / name
    package.mkdir(parents=True)
    for module, text in {"__init__": "", **modules}.items():
        (package / f"{module}.py").write_text(text)
    return package.parent
