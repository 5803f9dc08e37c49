"""This module measures what a second worker adds: CPU time for a request, and how the requests are shared out."""

from __future__ import annotations

import http.client
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.environments import frameworks_python
from benchmarks.processes import HOST, NotServing, cpu_seconds, free_port, serving

TITLE = "Workers"
_CONNECTIONS, _SECONDS = 64, 3
_STARTING_SECONDS = 60
_SCRIPT = """
local seen = {}
first, others, number = "", 0, 0
local mine = nil
setup = function(thread) mine = thread end
response = function(status, headers, body)
  if first == "" then first = body end
  number = number + 1
  if body ~= first then others = others + 1 end
end
done = function(summary, latency, requests)
  print("asked " .. mine:get("number") .. " others " .. mine:get("others"))
end
"""


def __getattr__(name: str) -> Any:
    """The application is made where it is served: in the process of a worker."""
    if name != "app":
        raise AttributeError(name)
    from fastapi import FastAPI

    app = FastAPI()

    @app.get("/hello")
    async def which_process() -> int:
        return os.getpid()

    return app


def report(rounds: int) -> str:
    one = [_cost(1)[0] for _ in range(rounds)]
    two = [_cost(2) for _ in range(rounds)]
    cost_of_one, cost_of_two = statistics.median(one), statistics.median(cost for cost, _ in two)
    shares = ", ".join(f"{100 * share:.0f} : {100 - 100 * share:.0f}" for _, share in two)
    return (
        f"CPU time for a request: one worker {cost_of_one:.1f} µs, two workers {cost_of_two:.1f} µs "
        f"({cost_of_two / cost_of_one:.2f} times). Requests taken by each of the two, by round: {shares}.\n\n"
        "The workers are on both cores here, and so is the load.\n"
    )


def _cost(workers: int) -> tuple[float, float]:
    """(microseconds for a request, the smaller part that one worker answered)."""
    port = free_port()
    command = [str(frameworks_python()), "-m", "benchmarks.measures.workers", str(port), str(workers)]
    with tempfile.TemporaryDirectory() as folder, serving(command, port, cores="0-1") as pid:
        _wait_for_workers(port, workers)
        script = Path(folder) / "count.lua"
        script.write_text(_SCRIPT)
        load = ["wrk", "-t1", f"-c{_CONNECTIONS}", "-s", str(script)]
        subprocess.run([*load, "-d1s", f"http://{HOST}:{port}/hello"], check=True, stdout=subprocess.DEVNULL)
        before = cpu_seconds(pid)
        command = [*load, f"-d{_SECONDS}s", f"http://{HOST}:{port}/hello"]
        said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        spent = cpu_seconds(pid) - before
    counted = said.split("asked ", 1)[1].split()
    asked, others = float(counted[0]), float(counted[2])
    return 1e6 * spent / asked, min(others, asked - others) / asked


def _wait_for_workers(port: int, workers: int) -> None:
    """The first one answers before the others have started."""
    deadline, seen = time.monotonic() + _STARTING_SECONDS, set()
    while len(seen) < workers:
        if time.monotonic() > deadline:
            raise NotServing(f"{len(seen)} of {workers} workers answer")
        connection = http.client.HTTPConnection(HOST, port, timeout=10)
        connection.request("GET", "/hello")
        seen.add(connection.getresponse().read())
        connection.close()
        time.sleep(0.01)


if __name__ == "__main__":
    import zonda

    options: dict[str, Any] = {"host": HOST, "port": int(sys.argv[1]), "access_log": False, "log_level": "error"}
    zonda.run("benchmarks.measures.workers:app", workers=int(sys.argv[2]), **options)
