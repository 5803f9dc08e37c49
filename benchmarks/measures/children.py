"""This module runs a measure's own module in a process of a framework and reads the figures that it prints.

The child is called as `python -m benchmarks.measures.NAME FRAMEWORK ...` and prints one line of JSON.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

from benchmarks.environments import CACHE, CHECKOUT, frameworks_python

FRAMEWORKS = ("fastapi", "zonda")
Figures = dict[str, float]


def medians(module: str, rounds: int, *arguments: str) -> dict[str, Figures]:
    """Framework → figure → its median over the rounds, in which the frameworks take turns.

    A first round is not counted: it leaves bytecode behind, as an installation does.
    """
    for name in FRAMEWORKS:
        _ask(module, [name, *arguments])
    found: dict[str, list[Figures]] = {name: [] for name in FRAMEWORKS}
    for _ in range(rounds):
        for name, figures in found.items():
            figures.append(_ask(module, [name, *arguments]))
    return {
        name: {key: statistics.median(item[key] for item in figures) for key in figures[0]}
        for name, figures in found.items()
    }


def _ask(module: str, arguments: Sequence[str]) -> Figures:
    command = [str(frameworks_python()), "-m", module, *arguments]
    # Else Zonda, which stands here as source, would be compiled in each process where this variable is set.
    variables = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(CACHE / "bytecode")}
    environment = {**os.environ, **variables}
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=CHECKOUT, env=environment)
    said = done.stdout
    answer: Figures = json.loads(said.splitlines()[-1])
    return answer


def become(framework: str) -> None:
    """Let `fastapi` mean Zonda in this process, if that is what is measured."""
    if framework == "zonda":
        import zonda.compat

        zonda.compat.install()
    from fastapi import FastAPI  # noqa: F401  (importing it is a figure of its own)


def tell(figures: dict[str, Any]) -> None:
    json.dump(figures, sys.stdout)
    print()
