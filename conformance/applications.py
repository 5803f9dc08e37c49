"""This module serves FastAPI's tutorial applications on both servers and asks both what FastAPI's own tests ask."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from itertools import groupby
from pathlib import Path

from conformance.archive import CACHE, unpack
from conformance.environments import CHECKOUT, Environment, environments
from conformance.replay import Answer, Client, Step
from conformance.suite import PLUGINS

TESTS = (
    "test_bigger_applications",
    "test_sql_databases",
    "test_websockets",
    "test_security/test_tutorial005.py",
    "test_dependencies/test_tutorial008b.py",
    "test_dependencies/test_tutorial008c.py",
    "test_dependencies/test_tutorial008d.py",
    "test_dependencies/test_tutorial008e.py",
    "test_server_sent_events",
    "test_stream_json_lines",
)
START_SECONDS = 30.0

# SQLModel reads a refreshed row's columns from a set of objects: the order of keys is another in each process.
UNORDERED = "docs_src.sql_databases."

# The tests of tutorial008 make their own application around its dependencies; so do we.
NESTED_EXITS = "conformance.programs.nested_exits"


def compare_all() -> int:
    began = time.monotonic()
    stock, ours = environments()
    work = unpack(CACHE / "work" / "applications")
    recorded = sorted(record(stock, work), key=lambda step: str(step["app"]))
    steps = {app: list(group) for app, group in groupby(recorded, key=lambda step: str(step["app"]))}
    steps[NESTED_EXITS] = [get(path) for path in ("/", "/fail", "/events", "/openapi.json")]

    passed = failed = 0
    for app, asked in steps.items():
        differences = compare(app, asked, stock, ours, work)
        print(f"{app}: {len(asked)} steps, {len(differences)} differ", *differences, sep="\n  ", flush=True)
        failed += bool(differences)
        passed += not differences
    print(f"{passed} passed, {failed} failed in {time.monotonic() - began:.2f}s")
    return 1 if failed or not passed else 0


def get(path: str) -> Step:
    return {"kind": "request", "method": "GET", "target": path, "headers": [("host", "testserver")], "body": ""}


def record(stock: Environment, work: Path) -> list[Step]:
    """Run FastAPI's tests of the applications on FastAPI, and write down what they ask."""
    file = work / "steps.jsonl"
    command = [stock.python, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "request_recorder"]
    command += [f"tests/test_tutorial/{name}" for name in TESTS]
    variables = {
        **os.environ,
        "STEPS": str(file),
        "PYTHONPATH": os.pathsep.join([str(work / "docs_src"), str(PLUGINS)]),
    }
    done = subprocess.run(command, cwd=work, env=variables, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"FastAPI's own tests failed on FastAPI:\n{done.stdout[-4000:]}{done.stderr[-2000:]}")
    return [json.loads(line) for line in file.read_text().splitlines()]


def compare(app: str, steps: list[Step], stock: Environment, ours: Environment, work: Path) -> list[str]:
    with ExitStack() as stack:
        theirs = serving([stock.python, "-m", "uvicorn", f"{app}:app", "--app-dir", str(work)], work)
        mine = serving([ours.python, "-m", "zonda", "run", f"{app}:app", "--app-dir", str(work)], work)
        ports = [stack.enter_context(theirs), stack.enter_context(mine)]
        expected, found = asyncio.run(ask(ports, steps))
    return [
        f"{step['kind']} {step.get('method', '')} {step.get('target', '')}\n    FastAPI {left}\n    Zonda   {right}"
        for step, left, right in zip(steps, expected, found, strict=True)
        if comparable(app, left) != comparable(app, right)
    ]


def comparable(app: str, answer: Answer) -> Answer:
    """An answer without what differs from one process to the next on FastAPI itself."""
    if not app.startswith(UNORDERED) or not isinstance(answer[-1], bytes):
        return answer
    try:
        return (*answer[:-1], json.loads(answer[-1]))
    except ValueError:
        return answer


async def ask(ports: Sequence[int], steps: list[Step]) -> list[list[Answer]]:
    return await asyncio.gather(*(Client(port).replay(steps) for port in ports))


@contextmanager
def serving(command: list[str], work: Path) -> Iterator[int]:
    """A server in a folder of its own, with databases and files of its own, until the block ends."""
    port = free_port()
    path = os.pathsep.join([str(work), str(CHECKOUT)])
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile("w+") as log:
        process = subprocess.Popen(
            [*command, "--host", "127.0.0.1", "--port", str(port)],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": path},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            if not listens(process, port):
                log.seek(0)
                raise SystemExit(f"{' '.join(command)} did not start:\n{log.read()}")
            yield port
        finally:
            process.terminate()
            process.wait(START_SECONDS)


def listens(process: subprocess.Popen[bytes], port: int) -> bool:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return True
        time.sleep(0.05)
    return False


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
