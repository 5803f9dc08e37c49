"""This module measures the memory of connections that are kept alive and idle: each has asked once.

python -m benchmarks.measures.idle_connections 10000
"""

from __future__ import annotations

import resource
import socket
import statistics
import sys
import time
from collections.abc import Iterable
from contextlib import ExitStack

from benchmarks.contenders import CONTENDERS, Contender
from benchmarks.environments import Unavailable
from benchmarks.processes import HOST, NotServing, free_port, resident_bytes, serving

TITLE = "Memory of an idle connection that is kept alive"
CONNECTIONS = 1000
_REQUEST = b"GET /hello HTTP/1.1\r\nHost: localhost\r\nUser-Agent: benchmark\r\nAccept: */*\r\n\r\n"
_SETTLE_SECONDS = 0.5


def report(rounds: int, connections: int = CONNECTIONS) -> str:
    lines = [f"With {connections:,} connections, beside what the server has before them.", ""]
    lines += ["| | KB for each |", "| --- | ---: |"]
    for contender in _present(item for item in CONTENDERS if item.name not in {"starlette", "litestar", "blacksheep"}):
        found = [memory_of(contender, connections) for _ in range(rounds)]
        lines.append(f"| {contender.title} | {statistics.median(found):.1f} |")
    return "\n".join(lines) + "\n"


def _present(contenders: Iterable[Contender]) -> list[Contender]:
    found = []
    for contender in contenders:
        try:
            contender.version()
            found.append(contender)
        except Unavailable:
            continue
    return found


def memory_of(contender: Contender, connections: int) -> float:
    """Kilobytes of the server's memory for each connection."""
    port = free_port()
    with serving(contender.command("hello", port), port) as pid, ExitStack() as opened:
        for _ in range(20):  # what the first requests leave behind is no connection's
            with _connected(port):
                pass
        time.sleep(_SETTLE_SECONDS)
        before = resident_bytes(pid)
        for _ in range(connections):
            opened.enter_context(_connected(port))
        time.sleep(_SETTLE_SECONDS)
        return (resident_bytes(pid) - before) / connections / 1000


def _connected(port: int) -> socket.socket:
    """A connection that has been answered once."""
    connection = socket.create_connection((HOST, port), timeout=10)
    connection.sendall(_REQUEST)
    if not connection.recv(65536).startswith(b"HTTP/1.1 200"):
        raise NotServing("no answer on a connection")
    return connection


if __name__ == "__main__":
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else CONNECTIONS
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    print(report(1, wanted))
