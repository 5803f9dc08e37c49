"""This module runs the tests of the packages in one environment, and returns what became of each test."""

from __future__ import annotations

import hashlib
import os
import subprocess
from collections.abc import Sequence

from conformance.archive import VERSION
from conformance.environments import CHECKOUT, Environment
from conformance.suite import PLUGINS, Outcomes, read, write
from ecosystem.environments import CACHE, REQUIREMENTS

HERE = CHECKOUT / "ecosystem"
PROCESSES = 2


def try_on(environment: Environment, framework: str, names: Sequence[str]) -> Outcomes:
    """The tests of these packages, on `fastapi` or `zonda`."""
    outcomes = CACHE / f"{environment.directory.name}.jsonl"
    outcomes.unlink(missing_ok=True)
    command = [environment.python, "-m", "pytest", "-c", str(HERE / "pytest.ini"), "--rootdir", str(HERE)]
    command += ["-p", "outcome_recorder", "-p", "no:cacheprovider", "-n", str(PROCESSES), "--dist", "loadfile"]
    command += [str(HERE / "tests" / f"test_{name}.py") for name in names]
    variables = {
        **os.environ,
        "ECOSYSTEM_FRAMEWORK": framework,
        "OUTCOMES": str(outcomes),
        "PYTHONPATH": str(PLUGINS),
    }
    log = CACHE / f"{environment.directory.name}.log"
    with log.open("w") as output:
        subprocess.run(command, env=variables, stdout=output, stderr=subprocess.STDOUT, check=False)
    if not outcomes.exists():
        raise SystemExit(f"pytest did not run; the end of {log}:\n" + "\n".join(log.read_text().splitlines()[-30:]))
    return read(outcomes)


def baseline(environment: Environment, names: Sequence[str], *, again: bool) -> Outcomes:
    """What the tests give on FastAPI itself, each package's kept until its program, its test or the lock changes."""
    places = {name: CACHE / f"fastapi-{name}-{mark(name)}.jsonl" for name in names}
    missing = [name for name, place in places.items() if again or not place.exists()]
    if missing:
        print(f"Trying {len(missing)} packages on FastAPI {VERSION}", flush=True)
        tried = try_on(environment, "fastapi", missing)
        for name in missing:
            write(places[name], {test: it for test, it in tried.items() if belongs(test, name)})
    return {test: outcome for place in places.values() for test, outcome in read(place).items()}


def mark(name: str) -> str:
    files = [REQUIREMENTS, HERE / "tests" / "conftest.py", HERE / "tests" / f"test_{name}.py"]
    files.append(HERE / "programs" / f"{name}.py")
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:12]


def belongs(test: str, name: str) -> bool:
    return test.startswith(f"tests/test_{name}.py")
