"""This module measures what a slow endpoint, and a client that pipelines without end, do to a fast one."""

from __future__ import annotations

import statistics
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from benchmarks.environments import CHECKOUT, frameworks_python
from benchmarks.measures.children import FRAMEWORKS, become
from benchmarks.measures.steady_load import latencies_at
from benchmarks.measures.tables import comparison
from benchmarks.processes import HOST, LOAD_CORE, free_port, serving, stop

TITLE = "Fairness"
_RATE, _SECONDS = 1000, 3
_BESIDE: dict[str, Sequence[str]] = {
    "alone": (),
    "beside 16 clients of a `def` endpoint that sleeps for 20 ms": ("wrk", "-t1", "-c16", "-d60s", "/slow"),
    "beside one client that pipelines without end": ("flood",),
}


def report(rounds: int) -> str:
    found: dict[str, dict[str, list[float]]] = {name: {title: [] for title in _BESIDE} for name in FRAMEWORKS}
    for _ in range(rounds):
        for name in FRAMEWORKS:
            for title, beside in _BESIDE.items():
                found[name][title].append(_p99(name, beside))
    head = f"99 % of {_RATE:,} requests a second to a fast endpoint are answered within:\n\n"
    return head + comparison(
        (title, statistics.median(found["fastapi"][title]), statistics.median(found["zonda"][title]), "ms")
        for title in _BESIDE
    )


def _p99(framework: str, beside: Sequence[str]) -> float:
    port = free_port()
    command = [str(frameworks_python()), "-m", "benchmarks.measures.fairness", framework, str(port)]
    with serving(command, port), _running(beside, port):
        return latencies_at(port, "/hello", {}, _RATE, _SECONDS)["p99"]


@contextmanager
def _running(beside: Sequence[str], port: int) -> Iterator[None]:
    if not beside:
        yield
        return
    command = ["taskset", "-c", str(LOAD_CORE)]
    if beside[0] == "wrk":
        command += [*beside[:-1], f"http://{HOST}:{port}{beside[-1]}"]
    else:
        command += [sys.executable, "-c", _FLOOD, HOST, str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=CHECKOUT)
    try:
        yield
    finally:
        stop(process)


_FLOOD = """
import socket, sys, threading
connection = socket.create_connection((sys.argv[1], int(sys.argv[2])))
def read():
    while connection.recv(1 << 20):
        pass
threading.Thread(target=read, daemon=True).start()
requests = b"GET /hello HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n" * 1000
while True:
    connection.sendall(requests)
"""


def serve(framework: str, port: int) -> None:
    become(framework)
    import time

    from fastapi import FastAPI

    app = FastAPI()

    @app.get("/hello")
    async def hello() -> str:
        return "Hello"

    @app.get("/slow")
    def slow() -> str:
        time.sleep(0.02)
        return "Hello"

    options: dict[str, Any] = {"host": HOST, "port": port, "access_log": False, "log_level": "error"}
    if framework == "zonda":
        import zonda

        zonda.run(app, **options)
    else:
        import uvicorn

        uvicorn.run(app, loop="uvloop", http="httptools", **options)


if __name__ == "__main__":
    serve(sys.argv[1], int(sys.argv[2]))
