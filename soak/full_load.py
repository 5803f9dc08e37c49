"""This module loads a server with as much as it can answer, by wrk, and looks at what is left of it."""

from __future__ import annotations

import asyncio
import re
import shutil
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from soak.remains import at_rest, check_memory
from soak.server import Served, served
from soak.verdict import Verdict

SCRIPT = Path(__file__).with_name("full_load.lua")
CONNECTIONS = 64
LARGEST_GROWTH = 1.0
"""Megabytes between two halves of a run in which each moment is like all others."""


async def soak_at_full_load(seconds: float, verdict: Verdict) -> None:
    """Requests of four kinds without a pause, each of which is to be answered with 200."""
    if shutil.which("wrk") is None:
        sys.exit("wrk is not installed: make services")
    with served() as server:
        await _load(server, 2)  # what is made at the first request is made
        rest = await at_rest(server)
        load = await _load(server, seconds)
        answered = re.search(r"(\d+) requests in", load.report)
        verdict.check("requests answered", answered and answered[1], is_good=answered is not None)
        print(f"       share of a core that the server took: {load.cores:.2f}", flush=True)
        wrong = [line.strip() for line in load.report.splitlines() if "Non-2xx" in line or "Socket errors" in line]
        verdict.check("wrong or missing answers", wrong or 0, is_good=not wrong)
        check_memory(verdict, load.memory, seconds, LARGEST_GROWTH)
        await rest.check(verdict)
        verdict.check("tracebacks", server.said().count("Traceback"), is_good="Traceback" not in server.said())


@dataclass
class _Load:
    memory: list[tuple[float, float]]
    """Megabytes by the time."""
    cores: float
    report: str
    """What wrk says."""


async def _load(server: Served, seconds: float) -> _Load:
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{max(round(seconds), 1)}s", "-s", str(SCRIPT)]
    began, spent = time.monotonic(), server.cpu_seconds()
    wrk = await asyncio.create_subprocess_exec(
        *command, f"http://127.0.0.1:{server.port}", stdout=asyncio.subprocess.PIPE
    )
    said = asyncio.create_task(wrk.communicate())
    memory: list[tuple[float, float]] = []
    while not said.done():
        memory.append((time.monotonic() - began, server.memory()))
        await asyncio.wait([said], timeout=1)
    cores = (server.cpu_seconds() - spent) / (time.monotonic() - began)
    return _Load(memory, cores, said.result()[0].decode())
