"""This module installs the contenders: what is needed of Python's, Node's and Go's, in the ignored cache folder."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path

CHECKOUT = Path(__file__).parent.parent
RIVALS = Path(__file__).parent / "rivals"
CACHE = CHECKOUT / ".cache" / "benchmarks"
PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"

FRAMEWORKS = (
    "fastapi==0.165.0",
    "litestar==2.25.0",
    "blacksheep==2.6.4",
    "hypercorn==0.18.0",
    "sqlalchemy[asyncio]>=2.1",
    "aiosqlite",
    "asyncpg",
    "httpx2",
    "websockets",
    "python-multipart",
    "greenlet",
    "pytest",
)
ROBYN = ("robyn==0.88.0", "pydantic>=2.12")
"""In an environment of its own: it pins uvloop to a version of its choice."""


class Unavailable(Exception):
    """What a contender needs is not on this machine."""


def frameworks_python() -> Path:
    return _python(f"python-{PYTHON}", [*FRAMEWORKS, "--editable", str(CHECKOUT)])


def robyn_python() -> Path:
    return _python(f"robyn-{PYTHON}", ROBYN)


def _python(name: str, arguments: Sequence[str]) -> Path:
    directory = CACHE / name
    mark, note = _mark(*arguments, *_own_requirements()), directory / ".made-for"
    python = directory / "bin" / "python"
    if not (note.exists() and note.read_text() == mark):
        _announce(name)
        shutil.rmtree(directory, ignore_errors=True)
        _run([sys.executable, "-m", "venv", str(directory)])
        _run([str(python), "-m", "pip", "install", "-qq", "--disable-pip-version-check", *arguments])
        note.write_text(mark)
    return python


def _own_requirements() -> list[str]:
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]
    return list(project["dependencies"])


def node_directory() -> Path:
    """A folder with the server's script and Fastify beside it."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        raise Unavailable("no Node")
    directory, source = CACHE / "node", RIVALS / "node"
    mark, note = _mark((source / "package.json").read_text()), directory / ".made-for"
    if not (note.exists() and note.read_text() == mark):
        _announce("node")
        shutil.rmtree(directory, ignore_errors=True)
        directory.mkdir(parents=True)
        shutil.copy(source / "package.json", directory)
        _run(["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(directory)])
        note.write_text(mark)
    shutil.copy(source / "server.js", directory)
    return directory


def go_program() -> Path:
    """The compiled server."""
    if shutil.which("go") is None:
        raise Unavailable("no Go")
    source, program = RIVALS / "go" / "main.go", CACHE / "go" / "server"
    mark, note = _mark(source.read_text()), CACHE / "go" / ".made-for"
    if not (note.exists() and note.read_text() == mark):
        _announce("go")
        program.parent.mkdir(parents=True, exist_ok=True)
        _run(["go", "build", "-o", str(program), str(source)])
        note.write_text(mark)
    return program


def _mark(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _announce(name: str) -> None:
    print(f"Making {name}", file=sys.stderr, flush=True)


def _run(command: Sequence[str]) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
