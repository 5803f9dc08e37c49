"""This module runs the Autobahn test suite's fuzzing client against a websocket served by `zonda run`.

    python -m conformance.autobahn 1 2 3        the cases of these chapters

The client is written for Python 2.7, which has to be on the machine (a command `python2.7`, or one of pyenv's). It is
installed from the package index into `.cache/autobahn`.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conformance.applications import serving
from conformance.environments import CHECKOUT

CACHE = CHECKOUT / ".cache" / "autobahn"
VERSION = "25.10.1"
VIRTUALENV = "20.15.1"
"""The last one that makes environments of Python 2.7."""
PROGRAM = Path(__file__).parent / "programs" / "echo.py"
CHAPTERS = ("1", "2", "3", "4", "5", "6", "7", "8", "10")
"""9 (large messages), 12 and 13 (compression) take minutes each: `make long`."""
LIMITS = ("--ws-max-size", str(64 * 1024 * 1024), "--ws-ping-interval", "0")
"""Chapter 9 sends messages of 16 MiB; the client does not answer pings while it waits on purpose."""
ACCEPTABLE = {"OK", "NON-STRICT", "INFORMATIONAL"}


@dataclass(frozen=True)
class Outcome:
    case: str
    behaviour: str
    close: str
    """Whether the connection was closed as it should be."""

    @property
    def is_good(self) -> bool:
        return self.behaviour in ACCEPTABLE and self.close in ACCEPTABLE


def client() -> Path:
    """The command of the fuzzing client, installed at the first call."""
    command = CACHE / "client" / "bin" / "wstest"
    if not command.exists():
        python = python_2()
        tools = CACHE / "tools"
        subprocess.run([sys.executable, "-m", "venv", str(tools)], check=True)
        install = ["install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([str(tools / "bin" / "pip"), *install, f"virtualenv=={VIRTUALENV}"], check=True)
        made = [str(tools / "bin" / "virtualenv"), "--quiet", "--python", python, str(CACHE / "client")]
        subprocess.run(made, check=True)
        subprocess.run([str(command.with_name("pip")), *install, f"autobahntestsuite=={VERSION}"], check=True)
    return command


def python_2() -> str:
    found = shutil.which("python2.7")
    if found is not None and subprocess.run([found, "--version"], capture_output=True, check=False).returncode == 0:
        return found
    pyenv = shutil.which("pyenv")
    if pyenv is not None:
        root = Path(subprocess.run([pyenv, "root"], check=True, capture_output=True, text=True).stdout.strip())
        for python in sorted(root.glob("versions/2.7*/bin/python2.7")):
            return str(python)
    raise SystemExit("The Autobahn test suite runs on Python 2.7, which is not here: pyenv install 2.7.18")


def run(chapters: list[str]) -> list[Outcome]:
    reports = CACHE / "reports"
    shutil.rmtree(reports, ignore_errors=True)
    command = client()
    with serving([sys.executable, "-m", "zonda", "run", str(PROGRAM), *LIMITS], CACHE) as port:
        specification = {
            "outdir": str(reports),
            "servers": [{"agent": "Zonda", "url": f"ws://127.0.0.1:{port}", "options": {"version": 18}}],
            "cases": [f"{chapter}.*" for chapter in chapters],
            "exclude-cases": [],
            "exclude-agent-cases": {},
        }
        file = CACHE / "specification.json"
        file.write_text(json.dumps(specification))
        with (CACHE / "client.log").open("w") as log:
            subprocess.run([str(command), "-m", "fuzzingclient", "-s", str(file)], stdout=log, stderr=log, check=True)
    index: dict[str, Any] = json.loads((reports / "index.json").read_text())["Zonda"]
    return [Outcome(case, told["behavior"], told["behaviorClose"]) for case, told in index.items()]


def by_number(outcome: Outcome) -> list[int]:
    return [int(part) for part in outcome.case.split(".")]


def main() -> int:
    parser = argparse.ArgumentParser(prog="autobahn", description="The Autobahn test suite against `zonda run`.")
    parser.add_argument("chapters", nargs="*", default=CHAPTERS, help="1 to 10, 12, 13")
    chapters = list(parser.parse_args().chapters)
    began = time.monotonic()
    CACHE.mkdir(parents=True, exist_ok=True)
    outcomes = sorted(run(chapters), key=by_number)
    for outcome in outcomes:
        if not outcome.is_good:
            print(f"{outcome.case:10} {outcome.behaviour}, closing {outcome.close}")
    print(", ".join(f"{count} {name}" for name, count in Counter(outcome.behaviour for outcome in outcomes).items()))
    failed = sum(not outcome.is_good for outcome in outcomes)
    print(f"Details: {CACHE / 'reports' / 'index.html'}")
    print(f"{len(outcomes) - failed} passed, {failed} failed in {time.monotonic() - began:.2f}s")
    return 1 if failed or not outcomes else 0


if __name__ == "__main__":
    sys.exit(main())
