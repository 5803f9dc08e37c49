"""This module makes two environments with the packages that are tried: in one FastAPI, in the other this checkout."""

from __future__ import annotations

import hashlib
from pathlib import Path

from conformance.archive import VERSION
from conformance.environments import CHECKOUT, PYTHON, Environment, finish, install, is_current, make

CACHE = CHECKOUT / ".cache" / "ecosystem"

# The lock of both: every package in one version, but FastAPI and this checkout.
REQUIREMENTS = Path(__file__).parent / "requirements.txt"


def environments() -> tuple[Environment, Environment]:
    """(with FastAPI, with Zonda and no FastAPI), with the same version of every other package."""
    stock = ready(Environment(CACHE / f"stock-{PYTHON}"), f"fastapi=={VERSION}")
    ours = ready(Environment(CACHE / f"zonda-{PYTHON}"), "--editable", str(CHECKOUT))
    return stock, ours


def ready(environment: Environment, *framework: str) -> Environment:
    """Packages ask for `fastapi`; nothing is resolved, so that it is not installed beside Zonda."""
    lock = REQUIREMENTS.read_text()
    mark = hashlib.sha256("\n".join([lock, *framework]).encode()).hexdigest()
    if not is_current(environment, mark):
        environment.directory.parent.mkdir(parents=True, exist_ok=True)
        make(environment)
        install(environment, ["--no-deps", "--requirement", str(REQUIREMENTS)])
        install(environment, ["--no-deps", *framework])
        finish(environment, mark)
    return environment
