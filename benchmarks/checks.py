"""This module measures what the checks of the transport cost: a request as it is, and with each of them switched off.

    python -m benchmarks.checks                     instructions of hello, parameters and body, by callgrind
    python -m benchmarks.checks realistic           the same of other subjects
    python -m benchmarks.checks --times 9 hello     CPU time with all checks and with none, nine rounds of each in turn

What a check costs is what is saved without it. Two kinds of request are counted: one with the fields of the request
before, which clients send as long as a connection lasts, and one with another Host than the request before, whose whole
head is read and checked anew. `switches.py` has the checks.
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle, islice

from benchmarks.environments import CHECKOUT
from benchmarks.processes import HOST
from benchmarks.steps import WARM, Served, counted_parts, mark, request_bytes
from benchmarks.subject import Subject
from benchmarks.switches import CHECKS, switch_off

SUBJECTS = ("hello", "parameters", "body")
SWITCHES: Mapping[str, Sequence[str]] = {"none": (), **{name: (name,) for name in CHECKS}, "all": tuple(CHECKS)}
"""What can be switched off together."""
HEADS = ("repeated", "anew")
_COUNTED = 1000
_TIMED = 20000


def requests_of(subject: Subject) -> dict[str, list[bytes]]:
    """Kind of head → the requests that are sent in turn."""
    data = request_bytes(subject)
    other = data.replace(f"Host: {HOST}:".encode(), b"Host: localhost:", 1)
    if other == data:
        raise RuntimeError("a request without the Host that is to change")
    return {"repeated": [data], "anew": [data, other]}


async def run(name: str, requests: int) -> list[float]:
    """CPU seconds of a request for each kind of head; wrong answers raise RuntimeError."""
    found = []
    for pieces in requests_of(Served(name).subject).values():
        served = Served(name)
        await served.ask(islice(cycle(pieces), WARM))
        check_answer(served)
        mark()
        began = time.process_time()
        await served.ask(islice(cycle(pieces), requests))
        found.append((time.process_time() - began) / requests)
        mark()
        check_answer(served)
    return found


def check_answer(served: Served) -> None:
    """Raise RuntimeError where what was answered last is not the subject's answer, byte for byte."""
    head, _, body = served.transport.written.partition(b"\r\n\r\n")
    line, *lines = head.decode("latin-1").split("\r\n")
    fields = dict(field.split(": ", 1) for field in lines)
    fields = {name: value for name, value in fields.items() if name not in ("date", "server")}
    answer = served.subject.answer
    if (line.split(" ")[1:2], fields, body) != ([str(answer.status)], dict(answer.headers), answer.body):
        raise RuntimeError(f"a wrong answer: {served.transport.written!r}")


def counted(switch: str, subjects: Sequence[str]) -> list[list[float]]:
    """Kind of head → instructions of a request of each subject, with what `switch` names switched off."""
    parts = counted_parts("benchmarks.checks", "--run", switch, str(_COUNTED), *subjects)
    between_marks = [count / _COUNTED for count in parts[1::2]]
    return [between_marks[number :: len(HEADS)] for number in range(len(HEADS))]


def timed(switch: str, subject: str) -> list[float]:
    """CPU seconds of a request for each kind of head, with what `switch` names switched off."""
    command = [sys.executable, "-m", "benchmarks.checks", "--run", switch, str(_TIMED), subject]
    found: list[list[float]] = json.loads(subprocess.check_output(command, cwd=CHECKOUT, text=True))
    return found[0]


def report_counts(subjects: Sequence[str]) -> str:
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        counts = pool.map(lambda switch: counted(switch, subjects), SWITCHES)
        found = dict(zip(SWITCHES, counts, strict=True))
    tables = []
    for number, kind in enumerate(HEADS):
        whole = found["none"][number]
        rows = [("as it is", [f"{count:,.0f}" for count in whole])]
        for switch in (*CHECKS, "all"):
            saved = [(count - without, count) for count, without in zip(whole, found[switch][number], strict=True)]
            title = CHECKS[switch].title if switch in CHECKS else "**all of these**"
            rows.append((title, [f"{some:,.0f} ({some / count:.1%})" for some, count in saved]))
        tables.append(table((f"instructions, head {kind}", *subjects), rows))
    return "\n\n".join(tables)


def table(head: Sequence[str], rows: Iterable[tuple[str, Sequence[str]]]) -> str:
    lines = [head, ["---", *("---:" for _ in head[1:])], *([title, *cells] for title, cells in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def report_times(rounds: int, subjects: Sequence[str]) -> str:
    lines = []
    for subject in subjects:
        pairs = [(timed("none", subject), timed("all", subject)) for _ in range(rounds)]
        for number, kind in enumerate(HEADS):
            on, off = ([1e6 * pair[side][number] for pair in pairs] for side in (0, 1))
            ratio = statistics.median(a / b for a, b in zip(on, off, strict=True))
            title = f"{subject}, head {kind}:"
            lines.append(f"{title:28} {statistics.median(on):6.2f} / {statistics.median(off):6.2f} µs = {ratio:.3f}")
    return "\n".join(lines)


def _run(switch: str, requests: str, *subjects: str) -> None:
    switch_off(SWITCHES[switch])
    import uvloop

    import zonda.compat

    zonda.compat.install()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        print(json.dumps([runner.run(run(subject, int(requests))) for subject in subjects]))


def main(arguments: Sequence[str]) -> None:
    if arguments[:1] == ["--run"]:
        _run(*arguments[1:])
    elif arguments[:1] == ["--times"]:
        print(report_times(int(arguments[1]), arguments[2:] or SUBJECTS))
    else:
        print(report_counts(arguments or SUBJECTS))


if __name__ == "__main__":
    main(sys.argv[1:])
