"""This module is a plugin for pytest that gives FastAPI's benchmark cases the fixture and the option they ask for.

CodSpeed's own needs a service or a patched valgrind. This one takes the CPU time of the process, and for cases about
memory what `tracemalloc` sees.
"""

from __future__ import annotations

import json
import os
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from benchmarks.measures.children import become

become(os.environ["BENCHMARK_FRAMEWORK"])  # before any test module imports FastAPI

_SECONDS = 0.4
_MOST_CALLS = 500
_figures: dict[str, dict[str, float]] = {}


def pytest_addoption(parser: Any) -> None:
    parser.addoption("--codspeed", action="store_true")


def pytest_configure(config: Any) -> None:
    config.addinivalue_line("markers", "timeout: another plugin's")


@pytest.fixture
def benchmark(request: Any) -> Callable[..., Any]:
    case: str = request.node.nodeid

    def measure(function: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
        result = function(*arguments, **options)
        calls, began = 0, time.process_time()
        while calls < _MOST_CALLS and time.process_time() - began < _SECONDS:
            function(*arguments, **options)
            calls += 1
        figures = _figures[case] = {"microseconds": 1e6 * (time.process_time() - began) / calls}
        if "memory_benchmarks" in case:
            figures["kilobytes"] = _most_allocated(lambda: function(*arguments, **options)) / 1e3
        return result

    return measure


def _most_allocated(call: Callable[[], object]) -> int:
    tracemalloc.start()
    try:
        kept = call()
        most = tracemalloc.get_traced_memory()[1]
        del kept
        return most
    finally:
        tracemalloc.stop()


def pytest_sessionfinish() -> None:
    Path(os.environ["BENCHMARK_FIGURES"]).write_text(json.dumps(_figures))
