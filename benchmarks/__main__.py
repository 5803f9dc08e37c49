"""This module runs the benchmarks: python -m benchmarks [SUBJECT ...] [--rounds 3]."""

from __future__ import annotations

import argparse
import importlib
import shutil
import statistics
import sys
from collections.abc import Mapping
from pathlib import Path

from benchmarks.contenders import CONTENDERS, Contender
from benchmarks.environments import Unavailable
from benchmarks.load import Cost, WrongAnswer, check_answer, cost_of
from benchmarks.processes import NotServing, free_port, machine, serving
from benchmarks.report import table
from benchmarks.subject import subject_module, subject_names, surroundings, takes_part

FIRST = (
    "hello",
    "hello_proxied",
    "parameters",
    "body",
    "dependencies",
    "def_hello",
    "middleware",
    "realistic",
    "not_found",
    "invalid",
    "models",
    "upload",
    "download",
    "server_sent_events",
    "websocket_echo",
    "sqlite_row",
    "postgresql_row",
    "pipelined",
    "thousand_first",
    "thousand_last",
)

MEASURES = (
    "asgi_servers",
    "start",
    "test_client",
    "fastapi_cases",
    "idle_connections",
    "workers",
    "latency",
    "many_connections",
    "fairness",
)
"""What is not CPU time for a request."""

Figures = dict[str, dict[str, list[Cost]]]
"""Subject → contender → one cost a round."""


def main() -> None:
    options = parse()
    if shutil.which("wrk") is None:
        sys.exit("wrk is not installed: make services")
    wanted = options.names or [*FIRST, *(name for name in subject_names() if name not in FIRST), *MEASURES]
    parts = []
    subjects = [name for name in wanted if name not in MEASURES]
    if subjects:
        parts.append(compare(subjects, options))
    for name in wanted:
        if name in MEASURES:
            print(f"measure: {name}", file=sys.stderr, flush=True)
            module = importlib.import_module(f"benchmarks.measures.{name}")
            parts.append(f"## {module.TITLE}\n\n{module.report(options.rounds)}")
    report = "\n".join(parts)
    if options.output:
        options.output.write_text(report)
    print(report)


def compare(subjects: list[str], options: argparse.Namespace) -> str:
    """The table of subjects and contenders."""
    contenders = available([item for item in CONTENDERS if not options.contender or item.name in options.contender])
    figures: Figures = {name: {} for name in subjects}
    for round_number in range(1, options.rounds + 1):
        for name in subjects:
            try:
                with surroundings(name) as variables:
                    for contender in in_turn(contenders, round_number):
                        measure(name, contender, variables, options.seconds, figures)
            except Unavailable as reason:
                print(f"{name} is left out: {reason}", file=sys.stderr)
            print(f"round {round_number}: {line(name, figures[name])}", file=sys.stderr, flush=True)
    return table(figures, contenders, machine(), rounds=options.rounds, seconds=options.seconds)


def in_turn(contenders: list[Contender], round_number: int) -> list[Contender]:
    """Another one is first in each round."""
    first = (round_number - 1) % len(contenders)
    return contenders[first:] + contenders[:first]


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    names = [*subject_names(), *MEASURES]
    parser.add_argument("names", nargs="*", metavar="SUBJECT", choices=[*names, []], help=", ".join(names))
    parser.add_argument("--contender", action="append", choices=[item.name for item in CONTENDERS])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=4)
    parser.add_argument("--output", type=Path, help="write the table to this file, too")
    return parser.parse_args()


def available(contenders: list[Contender]) -> list[Contender]:
    """Those that this machine has what they need for; the others are named."""
    found = []
    for contender in contenders:
        try:
            contender.version()
        except Unavailable as reason:
            print(f"{contender.title} is left out: {reason}", file=sys.stderr)
        else:
            found.append(contender)
    return found


def measure(name: str, contender: Contender, variables: Mapping[str, str], seconds: int, figures: Figures) -> None:
    """One turn of one contender; a wrong answer is said and not timed."""
    if not takes_part(contender.application, name):
        return
    subject, port = subject_module(name).SUBJECT, free_port()
    try:
        with serving(contender.command(name, port), port, variables) as pid:
            check_answer(subject, contender.name, port)
            cost = cost_of(subject, pid, port, seconds)
    except (WrongAnswer, NotServing) as problem:
        print(f"{name}: {contender.title} is not timed: {problem}", file=sys.stderr)
        return
    figures[name].setdefault(contender.name, []).append(cost)


def line(name: str, costs: dict[str, list[Cost]]) -> str:
    medians = {key: statistics.median(cost.microseconds for cost in found) for key, found in costs.items()}
    return name + "  " + "  ".join(f"{key} {value:.1f}" for key, value in medians.items())


if __name__ == "__main__":
    main()
