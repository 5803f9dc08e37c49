"""This module is a pytest plugin that writes one line of JSON for each test: its id, its outcome and what failed."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest

SEVERITY = ("passed", "xfailed", "skipped", "failed")


class Recorder:
    """Keeps the worst outcome of a test's phases, and the errors of files that could not be collected."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.outcomes: dict[str, str] = {}
        self.reasons: dict[str, str] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        outcome = "xfailed" if hasattr(report, "wasxfail") and report.skipped else report.outcome
        # pytest-xdist appends the group in which a test runs.
        test = re.sub(r"@\w+$", "", report.nodeid)
        self.outcomes[test] = max(self.outcomes.get(test, "passed"), outcome, key=SEVERITY.index)
        if report.failed:
            self.reasons[test] = reason(report)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.outcomes[report.nodeid] = "failed"
            self.reasons[report.nodeid] = reason(report)

    def pytest_sessionfinish(self) -> None:
        lines = (
            json.dumps({"test": test, "outcome": outcome, "reason": self.reasons.get(test, "")})
            for test, outcome in sorted(self.outcomes.items())
        )
        self.path.write_text("\n".join(lines) + "\n")


def reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    """The last line of the error, which names its type."""
    lines = [line[1:].strip() for line in report.longreprtext.splitlines() if line.startswith("E ")]
    return lines[0] if lines else report.longreprtext.strip().rpartition("\n")[2]


def pytest_configure(config: pytest.Config) -> None:
    # The workers of pytest-xdist report to the controller, which alone writes.
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Recorder(Path(os.environ["OUTCOMES"])))
