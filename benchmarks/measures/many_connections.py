"""This module measures latency with a thousand connections that ask and a thousand that rest, at half of the peak rate.

python -m benchmarks.measures.many_connections 1000 3       connections of each kind, rounds
"""

from __future__ import annotations

import statistics
import sys

from benchmarks.contenders import CONTENDERS, Contender
from benchmarks.load import cost_of
from benchmarks.measures.steady_load import latencies_at
from benchmarks.measures.tables import comparison
from benchmarks.processes import free_port, serving
from benchmarks.subject import subject_module

TITLE = "Latency with many connections"
CONNECTIONS = 1000
_SUBJECT = "hello"
_PART = 0.5
_SECONDS = 3


def report(rounds: int, connections: int = CONNECTIONS) -> str:
    names = ("fastapi", "zonda")
    found: dict[str, list[dict[str, float]]] = {name: [] for name in names}
    for _ in range(rounds):
        for contender in (item for item in CONTENDERS if item.name in names):
            found[contender.name].append(_measure(contender, connections))
    fastapi, zonda = (
        {key: statistics.median(item[key] for item in found[name]) for key in ("rate", "p50", "p99")} for name in names
    )
    rows = [("requests a second", "rate", ""), ("half of them within", "p50", "ms"), ("99 % within", "p99", "ms")]
    head = f"{connections:,} connections that ask in turn, at half of the peak rate, and as many that rest.\n\n"
    return head + comparison((title, fastapi[key], zonda[key], unit) for title, key, unit in rows)


def _measure(contender: Contender, connections: int) -> dict[str, float]:
    subject, port = subject_module(_SUBJECT).SUBJECT, free_port()
    with serving(contender.command(_SUBJECT, port), port) as pid:
        rate = _PART * cost_of(subject, pid, port, 2).rate
        return {
            "rate": rate,
            **latencies_at(port, subject.path, subject.headers, rate, _SECONDS, connections, connections),
        }


if __name__ == "__main__":
    wanted, rounds = map(int, sys.argv[1:])
    print(report(rounds, wanted))
