"""This module runs FastAPI's own benchmark cases, unchanged, on both: its 20, its OpenAPI case, its 3 of memory."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import tempfile
from pathlib import Path

from benchmarks.environments import CACHE, CHECKOUT, frameworks_python
from benchmarks.measures.children import FRAMEWORKS
from benchmarks.measures.tables import Row, comparison

TITLE = "FastAPI's own benchmark cases"

Found = dict[str, dict[str, float]]
"""Case → figure."""


def report(rounds: int) -> str:
    from conformance.archive import unpack

    folder = unpack(CACHE / "fastapi-cases")
    runs = {name: [_run(name, folder) for _ in range(rounds)] for name in FRAMEWORKS}
    rows: list[Row] = []
    for case, figures in runs["fastapi"][0].items():
        for key, unit in (("microseconds", "µs"), ("kilobytes", "KB")):
            if key in figures:
                fastapi, zonda = (statistics.median(run[case][key] for run in runs[name]) for name in FRAMEWORKS)
                rows.append((_title(case, key), fastapi, zonda, unit))
    return "CPU time of one call, and for the memory cases the most that is allocated at a time.\n\n" + comparison(rows)


def _title(case: str, key: str) -> str:
    """The case's name; the memory cases have namesakes among the others."""
    name = case.partition("::")[2].removeprefix("test_").replace("_", " ")
    if "memory_benchmarks" in case:
        name += " (memory case)"
    return f"{name}, memory" if key == "kilobytes" else name


def _run(framework: str, folder: Path) -> Found:
    with tempfile.NamedTemporaryFile(suffix=".json") as figures:
        command = [str(frameworks_python()), "-m", "pytest", "-q", "-p", "benchmarks.measures.codspeed", "--codspeed"]
        command += ["-o", "addopts=", "-o", "filterwarnings=", "--rootdir", str(folder), "-p", "no:cacheprovider"]
        command += ["tests/benchmarks", "tests/memory_benchmarks"]
        variables = {"BENCHMARK_FRAMEWORK": framework, "BENCHMARK_FIGURES": figures.name, "PYTHONPATH": str(CHECKOUT)}
        environment = {**os.environ, **variables}
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(done.stdout[-3000:] + done.stderr[-2000:])
        found: Found = json.loads(Path(figures.name).read_text())
        return found
