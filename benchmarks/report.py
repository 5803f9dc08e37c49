"""This module writes the table: for each subject what each contender costs, as a ratio and in microseconds."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence

from benchmarks.contenders import Contender
from benchmarks.load import Cost
from benchmarks.subject import subject_module

_HEAD = """\
{machine}. {rounds} rounds of {seconds} s for each, in turn; medians.
Each cell: how many times less CPU time than {reference}, and the CPU time of the server in microseconds.

"""


def table(
    figures: Mapping[str, Mapping[str, Sequence[Cost]]],
    contenders: Sequence[Contender],
    machine: str,
    *,
    rounds: int,
    seconds: int,
) -> str:
    reference = contenders[0]
    text = [_HEAD.format(machine=machine, rounds=rounds, seconds=seconds, reference=reference.title)]
    text.append(_row(["CPU time for", *(contender.title for contender in contenders)]))
    text.append(_row(["---"] + ["---:"] * len(contenders)))
    for name, costs in figures.items():
        medians = {key: statistics.median(cost.microseconds for cost in found) for key, found in costs.items()}
        subject = subject_module(name).SUBJECT
        title = subject.title if subject.unit == "request" else f"{subject.title} (one {subject.unit})"
        text.append(_row([title, *(_cell(medians, item.name, reference.name) for item in contenders)]))
    text.append("\n" + "; ".join(dict.fromkeys(item.version() for item in contenders)) + "\n")
    return "".join(text)


def _cell(medians: Mapping[str, float], name: str, reference: str) -> str:
    if name not in medians:
        return "-"
    if name == reference or reference not in medians:
        return f"{medians[name]:.1f}"
    return f"{medians[reference] / medians[name]:.2f}x ({medians[name]:.1f})"


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |\n"
