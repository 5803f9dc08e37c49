"""This module draws the programs, has them asked, and reports what differs."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from itertools import count as numbers
from typing import Any

import hypothesis
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from conformance.archive import CACHE
from conformance.differential.comparison import Difference, compare
from conformance.differential.dice import Dice
from conformance.differential.drawn_programs import draw_program
from conformance.differential.drawn_questions import draw_questions
from conformance.differential.plants import PLANTS
from conformance.differential.reduction import reduce_program
from conformance.differential.shapes import Program, Question
from conformance.differential.source import source
from conformance.differential.workers import Worker, ask_both
from conformance.environments import environments

FOLDER = CACHE / "differential"
LEAST_SHARE = 0.02
BATCH = 9
SMALLEST_RUN = 300
"""With fewer programs the shares of the features say nothing."""


@dataclass(frozen=True)
class Case:
    program: Program
    questions: tuple[Question, ...]
    features: frozenset[str]


@st.composite
def cases(draw: Callable[[st.SearchStrategy[Any]], Any], questions: int) -> Case:
    dice = Dice(draw)
    program = draw_program(dice)
    features = frozenset(dice.features)
    return Case(program, tuple(draw_questions(dice, program, questions)), features)


def each_case(programs: int, questions: int, seed: int, visit: Callable[[Case], None]) -> None:
    """Draw as many cases as asked for; the same seed draws the same ones.

    In small batches: after ten examples hypothesis varies what it has, and programs would repeat each other.
    """
    left = programs
    for batch in numbers():
        drawn = draw_batch(questions, f"{seed} {batch}")
        for case in drawn[:left]:
            visit(case)
        left -= len(drawn)
        if left <= 0:
            return


def draw_batch(questions: int, seed: str) -> list[Case]:
    drawn: list[Case] = []

    @hypothesis.seed(seed)
    @settings(
        max_examples=BATCH,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @hypothesis.given(cases(questions))
    def draw(case: Case) -> None:
        drawn.append(case)

    draw()
    # The first one is always the simplest of all.
    return drawn[1:]


class Enough(Exception):
    """There are as many differences as are worth reading."""


class Run:
    def __init__(self, programs: int, questions: int, seed: int, *, is_native: bool = False, most: int = 20) -> None:
        self.programs = programs
        self.questions = questions
        self.seed = seed
        self.is_native = is_native
        self.most = most
        self.features: Counter[str] = Counter()
        self.wanted: dict[str, int] = {}
        self.found: Counter[str] = Counter()
        self.seen = self.asked = self.refused = self.unsteady = 0
        self.pair: tuple[Worker, Worker] | None = None

    def show(self, number: int) -> int:
        seen: list[Case] = []

        def visit(case: Case) -> None:
            seen.append(case)
            if len(seen) > number:
                raise Enough

        with suppress(Enough):
            each_case(self.programs, self.questions, self.seed, visit)
        print(source(seen[number].program))
        for question in seen[number].questions:
            print(f"# {question}")
        return 0

    def execute(self) -> int:
        began = time.monotonic()
        stock, ours = environments()
        self.pair = Worker(stock, "stock"), Worker(ours, "zonda")
        FOLDER.mkdir(parents=True, exist_ok=True)
        try:
            each_case(self.programs, self.questions, self.seed, self.visit)
        except Enough:
            print(f"Stopped after {self.most} kinds of difference.")
        finally:
            for worker in self.pair:
                worker.stop()
        rare = self.histogram()
        for name, count in self.wanted.items():
            print(f"wanted: {count:5} {name}")
        print(
            f"{self.seen} programs ({self.refused} refused by both), {self.asked} questions, seed {self.seed}, "
            f"{self.unsteady} with answers that change from time to time: "
            f"{sum(self.found.values())} differences of {len(self.found)} kinds in {time.monotonic() - began:.0f} s"
        )
        return 1 if self.found or rare else 0

    def visit(self, case: Case) -> None:
        assert self.pair is not None
        self.seen += 1
        self.asked += len(case.questions)
        self.features.update(case.features)
        answers = ask_both(self.pair, source(case.program), case.questions, native=self.is_native)
        self.refused += "import_error" in answers[0]
        differences = compare(case.questions, answers, self.wanted)
        if differences and not self.is_steady(case):
            self.unsteady += 1
            return
        for difference in differences:
            self.report(case, difference)

    def is_steady(self, case: Case) -> bool:
        """Whether it happens again: where threads race, even FastAPI differs from itself."""
        assert self.pair is not None
        text = source(case.program)
        return all(
            compare(case.questions, ask_both(self.pair, text, case.questions, native=self.is_native), {})
            for _ in range(3)
        )

    def report(self, case: Case, difference: Difference) -> None:
        """Each kind is made smaller and printed once."""
        self.found[difference.part] += 1
        if self.found[difference.part] > 1:
            return
        question = case.questions[difference.index : difference.index + 1] if difference.index >= 0 else ()
        smallest, shown = self.smallest(case.program, question, difference)
        path = FOLDER / f"seed{self.seed}_{len(self.found)}.py"
        text = [
            f"# Program {self.seen - 1} of seed {self.seed}: {difference.part}",
            *[f"# Asked: {json.dumps(asdict(one))}" for one in question],
            *lines("FastAPI", shown.fastapi),
            *lines("Zonda", shown.zonda),
        ]
        path.write_text("\n".join([*text, source(smallest)]))
        print(f"--- {path}\n{path.read_text()}", flush=True)
        if len(self.found) >= self.most:
            raise Enough

    def smallest(
        self, program: Program, question: tuple[Question, ...], difference: Difference
    ) -> tuple[Program, Difference]:
        assert self.pair is not None
        pair = self.pair
        last = [difference]

        def still_differs(variant: Program) -> bool:
            answers = ask_both(pair, source(variant), question, native=self.is_native, document=difference.index == -1)
            same = [one for one in compare(question, answers, {}) if one.part == difference.part]
            if same:
                last[0] = same[0]
            return bool(same)

        if not still_differs(program):
            print("(Only after other questions.)")
            return program, difference
        return reduce_program(program, still_differs), last[0]

    def histogram(self) -> list[str]:
        """Print how many programs have which feature; the ones that are too rare are returned."""
        rare = []
        for name, count in sorted(self.features.items(), key=lambda item: -item[1]):
            share = count / max(self.seen, 1)
            mark = ""
            if share < LEAST_SHARE and self.programs >= SMALLEST_RUN:
                rare.append(name)
                mark = "   less than 2 %"
            print(f"{100 * share:5.1f} %  {name}{mark}")
        return rare


def lines(name: str, value: Any) -> list[str]:
    if isinstance(value, list):
        return [f"# {line}" for line in value]
    return [f"# {name}: {line}" for line in str(value).splitlines()]


def plant_all(programs: int, questions: int, seed: int) -> int:
    """Put each known deviation into Zonda, and ask until it shows; one that never does is a failure."""
    stock, ours = environments()
    cases: list[tuple[Case, dict[str, Any]]] = []
    pair = Worker(stock, "stock"), Worker(ours, "zonda")

    def visit(case: Case) -> None:
        answers = ask_both(pair, source(case.program), case.questions)
        if "import_error" not in answers[0] and not compare(case.questions, answers, {}):
            cases.append((case, answers[0]))

    each_case(programs, questions, seed, visit)
    for worker in pair:
        worker.stop()
    missed = [name for name in PLANTS if not is_found(name, Worker(ours, "zonda", plant=name), cases)]
    print(f"{len(PLANTS) - len(missed)} of {len(PLANTS)} planted deviations found, {len(cases)} programs at hand")
    return 1 if missed else 0


def is_found(name: str, worker: Worker, cases: Sequence[tuple[Case, dict[str, Any]]]) -> bool:
    try:
        for number, (case, expected) in enumerate(cases):
            found = compare(case.questions, (expected, worker.ask(source(case.program), case.questions)), {})
            if found:
                print(f"found  {name}: program {number}, {found[0].part}", flush=True)
                return True
    finally:
        worker.stop()
    print(f"MISSED {name}", flush=True)
    return False
