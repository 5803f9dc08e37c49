"""This module measures what frameworks cost above a bare ASGI function, on Uvicorn and on another server."""

from __future__ import annotations

import statistics

from benchmarks.contenders import CONTENDERS, Contender, on_hypercorn
from benchmarks.load import check_answer, cost_of
from benchmarks.processes import free_port, serving
from benchmarks.subject import subject_module

TITLE = "Above a bare ASGI function"
_SUBJECT = "hello"
_SECONDS = 2
_BY_NAME = {contender.name: contender for contender in CONTENDERS}
SERVERS = {
    "Uvicorn": (_BY_NAME["asgi"], _BY_NAME["fastapi"], _BY_NAME["zonda-uvicorn"]),
    "Hypercorn": (on_hypercorn("asgi", "asgi"), on_hypercorn("fastapi", "fastapi"), on_hypercorn("zonda", "fastapi")),
}
"""On each server the bare function, FastAPI and Zonda."""


def report(rounds: int) -> str:
    costs = {
        name: [[_cost(contender) for contender in three] for _ in range(rounds)] for name, three in SERVERS.items()
    }
    lines = ["CPU time of hello, each as a plain ASGI application.", ""]
    lines += ["| | bare function | FastAPI | Zonda | Zonda above the function / FastAPI above it |"]
    lines += ["| --- | ---: | ---: | ---: | ---: |"]
    for name, rows in costs.items():
        bare, fastapi, zonda = (statistics.median(column) for column in zip(*rows, strict=True))
        part = (zonda - bare) / (fastapi - bare)
        lines.append(f"| {name} | {bare:.1f} µs | {fastapi:.1f} µs | {zonda:.1f} µs | {part:.2f} |")
    return "\n".join(lines) + "\n"


def _cost(contender: Contender) -> float:
    subject, port = subject_module(_SUBJECT).SUBJECT, free_port()
    with serving(contender.command(_SUBJECT, port), port) as pid:
        check_answer(subject, contender.name, port)
        return cost_of(subject, pid, port, _SECONDS).microseconds
