"""This module starts servers on a core of their own and reads what they cost from /proc."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import IO

from benchmarks.environments import CHECKOUT

HOST = "127.0.0.1"
SERVER_CORE, LOAD_CORE = 0, 1
_TICK = os.sysconf("SC_CLK_TCK")
_STARTING_SECONDS = 60


class NotServing(Exception):
    """A contender's server did not come up."""


@contextmanager
def serving(
    command: Sequence[str],
    port: int,
    variables: Mapping[str, str] = MappingProxyType({}),
    *,
    cores: str = str(SERVER_CORE),
) -> Iterator[int]:
    """Run a server on its core while the body runs; gives its process id."""
    with tempfile.TemporaryFile() as said:  # a pipe that nobody reads would stop a server that says much
        server = subprocess.Popen(
            ["taskset", "-c", cores, *command],
            cwd=CHECKOUT,
            env={**os.environ, **variables},
            stdout=subprocess.DEVNULL,
            stderr=said,
        )
        try:
            _wait_until_serving(server, said, port)
            yield server.pid
        finally:
            stop(server)


def stop(server: subprocess.Popen[bytes]) -> None:
    """End a server, and wait until it has ended."""
    server.terminate()
    try:
        server.wait(10)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def _wait_until_serving(server: subprocess.Popen[bytes], said: IO[bytes], port: int) -> None:
    deadline = time.monotonic() + _STARTING_SECONDS
    while time.monotonic() < deadline:
        if server.poll() is not None:
            said.seek(0)
            raise NotServing(said.read().decode(errors="replace")[-2000:])
        try:
            connection = http.client.HTTPConnection(HOST, port, timeout=2)
            connection.request("GET", "/hello")
            connection.getresponse().read()
            connection.close()
            return
        except OSError:
            time.sleep(0.05)
    raise NotServing("no answer")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def cpu_seconds(pid: int) -> float:
    """User and system time of a process and its children so far."""
    return sum(_ticks(member) for member in _family(pid)) / _TICK


def resident_bytes(pid: int) -> int:
    pages = (int(Path(f"/proc/{member}/statm").read_text().split()[1]) for member in _family(pid))
    return sum(pages) * os.sysconf("SC_PAGE_SIZE")


def _family(pid: int) -> list[int]:
    members = [pid]
    try:
        for thread in Path(f"/proc/{pid}/task").iterdir():
            for child in (thread / "children").read_text().split():
                members += _family(int(child))
    except FileNotFoundError:  # it has just ended
        pass
    return members


def _ticks(pid: int) -> int:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except FileNotFoundError:
        return 0
    return int(fields[11]) + int(fields[12])


def machine() -> str:
    """Processor, kernel and Python, for the head of a report."""
    models = [
        line.partition(":")[2].strip()
        for line in Path("/proc/cpuinfo").read_text().splitlines()
        if line.startswith("model name")
    ]
    return f"{models[0]}, {len(models)} cores, Linux {os.uname().release}, Python {sys.version.split()[0]}"
