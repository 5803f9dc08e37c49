"""This module makes two environments with equal packages, but FastAPI in one and this checkout in the other."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conformance.archive import CACHE, SHA256, VERSION, archive

CHECKOUT = Path(__file__).parent.parent
PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"

# Asked of both servers over a socket; the suite itself needs only what its own groups name.
CLIENTS = ("httpx2", "websockets")


@dataclass(frozen=True)
class Environment:
    directory: Path

    @property
    def python(self) -> str:
        return str(self.directory / "bin" / "python")

    @property
    def commands(self) -> Path:
        return self.directory / "bin"


def environments() -> tuple[Environment, Environment]:
    """(with FastAPI, with Zonda and no FastAPI), with the same version of every other package."""
    stock, ours = Environment(CACHE / f"stock-{PYTHON}"), Environment(CACHE / f"zonda-{PYTHON}")
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]
    wanted = [*suite_requirements(), *project["dependencies"], *CLIENTS]
    mark = hashlib.sha256("\n".join([SHA256, *wanted]).encode()).hexdigest()

    if not is_current(stock, mark):
        make(stock)
        install(stock, [f"{archive()}[all]", *wanted])
        finish(stock, mark)
    if not is_current(ours, mark):
        make(ours)
        install(ours, ["--no-deps", *packages(stock)])
        install(ours, ["--editable", str(CHECKOUT)])
        finish(ours, mark)
    return stock, ours


def suite_requirements() -> list[str]:
    """The archive's dependency group `tests`, with the groups that it includes."""
    with tarfile.open(archive()) as opened:
        project = opened.extractfile(f"fastapi-{VERSION}/pyproject.toml")
        groups = tomllib.loads(project.read().decode())["dependency-groups"] if project else {}
    return list(expand(groups, "tests"))


def expand(groups: dict[str, list[Any]], name: str) -> Iterator[str]:
    for requirement in groups[name]:
        if isinstance(requirement, str):
            yield requirement
        else:
            yield from expand(groups, requirement["include-group"])


def packages(environment: Environment) -> list[str]:
    """What is installed there but FastAPI, as pinned requirements."""
    command = [environment.python, "-m", "pip", "--disable-pip-version-check", "list", "--format", "freeze"]
    listed = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return [line for line in listed if line.partition("==")[0] not in {"fastapi", "pip", "setuptools"}]


def make(environment: Environment) -> None:
    print(f"Making {environment.directory.name}", flush=True)
    shutil.rmtree(environment.directory, ignore_errors=True)
    subprocess.run([sys.executable, "-m", "venv", str(environment.directory)], check=True)


def install(environment: Environment, arguments: Sequence[str]) -> None:
    uv = shutil.which("uv")
    if uv is not None:
        command = [uv, "pip", "install", "--quiet", "--python", environment.python]
    else:
        command = [environment.python, "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
    subprocess.run([*command, *arguments], check=True, env={**os.environ, "PIP_REQUIRE_VIRTUALENV": "0"})


def is_current(environment: Environment, mark: str) -> bool:
    note = environment.directory / ".made-for"
    return note.exists() and note.read_text() == mark


def finish(environment: Environment, mark: str) -> None:
    (environment.directory / ".made-for").write_text(mark)
