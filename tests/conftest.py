"""This module leaves out the tests whose service is not installed, and says so in one line."""

from __future__ import annotations

import os
import shutil

import pytest

COMMANDS = {"chromium": ("chromium", "chromedriver"), "wrk": ("wrk",)}
"""Marker → the commands that a test with that marker runs; `make services` installs them."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    absent = {marker for marker, commands in COMMANDS.items() if not all(map(shutil.which, commands))}
    excluded = [item for item in items if any(item.get_closest_marker(marker) for marker in absent)]
    if not excluded:
        return
    if os.environ.get("CI"):
        raise pytest.UsageError(f"Tests need {', '.join(sorted(absent))}: run `make services`.")
    items[:] = [item for item in items if item not in excluded]
    config.hook.pytest_deselected(items=excluded)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    absent = [marker for marker, commands in COMMANDS.items() if not all(map(shutil.which, commands))]
    if absent:
        terminalreporter.write_line(f"Left out: the tests that need {' and '.join(absent)}. Run: make services")


@pytest.fixture
def anyio_backend() -> str:
    """Async tests run on asyncio, which the transport is written for."""
    return "asyncio"
