"""This module names the contenders and says how each is started."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import environments

Command = Callable[[str, int], Sequence[str]]
"""(subject, port) → the command of its server."""


@dataclass(frozen=True)
class Contender:
    name: str
    title: str
    application: str
    """The function in a subject's module that makes its application; for Node and Go the name of the program."""
    command: Command
    version: Callable[[], str]


def _python(contender: str) -> Command:
    def command(subject: str, port: int) -> Sequence[str]:
        python = environments.robyn_python() if contender == "robyn" else environments.frameworks_python()
        return [str(python), "-m", "benchmarks.serve", contender, subject, str(port)]

    return command


def _node(subject: str, port: int) -> Sequence[str]:
    return ["node", str(environments.node_directory() / "server.js"), subject, str(port)]


def _go(subject: str, port: int) -> Sequence[str]:
    return [str(environments.go_program()), subject, str(port)]


def _packages(python: Callable[[], Path], *names: str) -> Callable[[], str]:
    def version() -> str:
        code = "import sys, importlib.metadata as m; print(*(f'{n} {m.version(n)}' for n in sys.argv[1:]), sep=', ')"
        return _output([str(python()), "-c", code, *names])

    return version


def _fastify_version() -> str:
    folder = environments.node_directory()
    fastify = _output(["node", "-p", "require('fastify/package.json').version"], folder)
    return f"fastify {fastify}, node {_output(['node', '--version']).lstrip('v')}"


def _go_version() -> str:
    environments.go_program()
    found = re.search(r"go(\d\S*)", _output(["go", "version"]).removeprefix("go version "))
    return f"go {found[1]}" if found else "go"


def _output(command: Sequence[str], folder: Path | None = None) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True, cwd=folder).stdout.strip()


def _of_frameworks(name: str, title: str, application: str, *packages: str) -> Contender:
    return Contender(name, title, application, _python(name), _packages(environments.frameworks_python, *packages))


def on_hypercorn(name: str, application: str) -> Contender:
    """A contender that takes part in one measure only."""
    return _of_frameworks(f"{name}@hypercorn", f"{name} on Hypercorn", application, "hypercorn")


CONTENDERS = (
    _of_frameworks("fastapi", "FastAPI on Uvicorn", "fastapi", "fastapi", "uvicorn", "uvloop", "httptools", "pydantic"),
    _of_frameworks("zonda", "Zonda", "fastapi", "zonda"),
    _of_frameworks("zonda-uvicorn", "Zonda as ASGI on Uvicorn", "fastapi", "zonda"),
    _of_frameworks("starlette", "Starlette on Uvicorn", "starlette", "starlette"),
    _of_frameworks("litestar", "Litestar on Uvicorn", "litestar", "litestar"),
    _of_frameworks("blacksheep", "BlackSheep on Uvicorn", "blacksheep", "blacksheep"),
    Contender("robyn", "Robyn", "robyn", _python("robyn"), _packages(environments.robyn_python, "robyn")),
    _of_frameworks("asgi", "bare ASGI function on Uvicorn", "asgi", "uvicorn"),
    Contender("fastify", "Fastify on Node", "node", _node, _fastify_version),
    Contender("go", "Go net/http", "go", _go, _go_version),
)
"""The first is what the others are compared with. Both Zondas run the file that FastAPI runs."""
