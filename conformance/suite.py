"""This module runs FastAPI's own test suite, on FastAPI and on Zonda, and returns what became of each test."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from conformance.archive import CACHE, unpack
from conformance.environments import Environment, packages

PLUGINS = Path(__file__).parent / "plugins"
ALIAS_PLUGIN = "zonda.compat.pytest_plugin"
PROCESSES = 2


@dataclass(frozen=True)
class Outcome:
    outcome: str
    """passed, failed, skipped or xfailed"""
    reason: str = ""


Outcomes = dict[str, Outcome]


def run_suite(environment: Environment, *, alias: bool, arguments: Sequence[str] = ("tests",)) -> Outcomes:
    """Run the suite, or the part of it that pytest's arguments name, in a fresh copy of the archive's files."""
    directory = unpack(CACHE / "work" / environment.directory.name)
    outcomes = directory / "outcomes.jsonl"
    command = [environment.python, "-m", "pytest", *arguments, "-q", "--no-header", "--tb", "short"]
    command += ["-n", str(PROCESSES), "--dist", "loadgroup", "--continue-on-collection-errors"]
    command += ["-p", "no:cacheprovider", "-p", "no:sugar", "-p", "outcome_recorder"]
    variables = {
        **os.environ,
        "OUTCOMES": str(outcomes),
        "PYTHONPATH": f"{directory / 'docs_src'}{os.pathsep}{PLUGINS}",
    }
    if alias:
        # Pydantic loads logfire's plugin with the first model, here before pytest has looked at logfire.
        command += ["-p", ALIAS_PLUGIN, "-W", "ignore::pytest.PytestAssertRewriteWarning"]
        variables["ALIAS_IN_CHILDREN"] = "1"

    log = CACHE / f"{environment.directory.name}.log"
    with log.open("w") as output:
        subprocess.run(command, cwd=directory, env=variables, stdout=output, stderr=subprocess.STDOUT, check=False)
    if not outcomes.exists():
        raise SystemExit(f"pytest did not run; the end of {log}:\n" + "\n".join(log.read_text().splitlines()[-30:]))
    return read(outcomes)


def baseline(environment: Environment, *, again: bool = False) -> Outcomes:
    """What the suite gives on FastAPI itself; kept as long as the environment has the same packages."""
    installed = hashlib.sha256("\n".join(packages(environment)).encode()).hexdigest()[:12]
    kept = CACHE / f"{environment.directory.name}-{installed}.jsonl"
    if again or not kept.exists():
        print("Running the suite on FastAPI", flush=True)
        write(kept, run_suite(environment, alias=False))
    return read(kept)


def read(path: Path) -> Outcomes:
    lines = (json.loads(line) for line in path.read_text().splitlines())
    return {line["test"]: Outcome(line["outcome"], line["reason"]) for line in lines}


def write(path: Path, outcomes: Outcomes) -> None:
    lines = (json.dumps({"test": test, "outcome": it.outcome, "reason": it.reason}) for test, it in outcomes.items())
    path.write_text("\n".join(lines) + "\n")
