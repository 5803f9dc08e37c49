"""This module serves the program that belongs to a test module, and gives the tests a client of it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

CHECKOUT = Path(__file__).parent.parent.parent
START_SECONDS = 60.0

# Which framework answers: this module runs in the environment of that one.
FRAMEWORK = os.environ["ECOSYSTEM_FRAMEWORK"]
COMMANDS = {
    "fastapi": [sys.executable, "-m", "uvicorn"],
    "zonda": [sys.executable, "-m", "zonda", "run"],
}


class Served:
    """One program and its address."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.url = f"http://127.0.0.1:{port}"


@pytest.fixture(scope="module")
def served(request: pytest.FixtureRequest) -> Iterator[Served]:
    """`tests/test_slowapi.py` asks `programs/slowapi.py`, served in a process and a folder of its own."""
    program = request.module.__name__.rpartition(".")[2].removeprefix("test_")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [*COMMANDS[FRAMEWORK], f"ecosystem.programs.{program}:app", "--app-dir", str(CHECKOUT)]
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile("w+") as log:
        process = subprocess.Popen(
            [*command, "--host", "127.0.0.1", "--port", str(port)],
            cwd=folder,
            env={**os.environ, "PORT": str(port)},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            started = listens(process, port)
            if started:
                yield Served(port)
        finally:
            process.terminate()
            process.wait(START_SECONDS)
            log.seek(0)
            written = log.read()[-8000:]
            print(written)
        if not started:
            pytest.fail(f"{program} did not start: {written.strip().rpartition(chr(10))[2]}", pytrace=False)


def listens(process: subprocess.Popen[bytes], port: int) -> bool:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return True
        time.sleep(0.05)
    return False


@pytest.fixture
def client(served: Served) -> Iterator[httpx.Client]:
    # A connection each: Uvicorn closes one after an error without saying so.
    limits = httpx.Limits(max_keepalive_connections=0)
    with httpx.Client(base_url=served.url, timeout=10, limits=limits) as client:
        yield client
