"""This module measures latency at 70 % of the rate at which each server is saturated."""

from __future__ import annotations

import statistics

from benchmarks.contenders import CONTENDERS, Contender
from benchmarks.load import cost_of
from benchmarks.measures.steady_load import latencies_at
from benchmarks.measures.tables import comparison
from benchmarks.processes import free_port, serving
from benchmarks.subject import subject_module

TITLE = "Latency at 70 % of saturation"
_SUBJECT = "realistic"
_PART = 0.7
_SECONDS = 3


def report(rounds: int) -> str:
    names = ("fastapi", "zonda")
    found: dict[str, list[dict[str, float]]] = {name: [] for name in names}
    for _ in range(rounds):
        for contender in (item for item in CONTENDERS if item.name in names):
            found[contender.name].append(_measure(contender))
    fastapi, zonda = (
        {key: statistics.median(item[key] for item in found[name]) for key in ("rate", "p50", "p99")} for name in names
    )
    rows = [("requests a second", "rate", ""), ("half of them within", "p50", "ms"), ("99 % within", "p99", "ms")]
    subject = subject_module(_SUBJECT).SUBJECT.title
    return f'Of the subject "{subject}".\n\n' + comparison(
        (title, fastapi[key], zonda[key], unit) for title, key, unit in rows
    )


def _measure(contender: Contender) -> dict[str, float]:
    subject, port = subject_module(_SUBJECT).SUBJECT, free_port()
    with serving(contender.command(_SUBJECT, port), port) as pid:
        rate = _PART * cost_of(subject, pid, port, 2).rate
        return {"rate": rate, **latencies_at(port, subject.path, subject.headers, rate, _SECONDS)}
