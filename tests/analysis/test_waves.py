"""Tests of which dependencies run at the same time."""

from typing import Annotated, Any

import pytest

from zonda import Depends, Zonda
from zonda.analysis.plan import RoutePlan
from zonda.analysis.planning import plan_route


def a() -> None: ...
def b() -> None: ...
def above_a(a: Annotated[None, Depends(a)]) -> None: ...
def above_both(above: Annotated[None, Depends(above_a)], b: Annotated[None, Depends(b)]) -> None: ...
def config() -> None: ...


def planned(*dependencies: Any, by_default: bool = True) -> RoutePlan:
    app = Zonda(parallel_dependencies=by_default)
    app.get("/", dependencies=dependencies)(lambda: None)
    return plan_route(app.router.routes[-1])


def waves(plan: RoutePlan) -> list[tuple[str, int | None]]:
    return [(item.call.name, item.wave) for item in plan.dependencies]


CASES: list[tuple[list[Any], list[tuple[str, int | None]]]] = [
    # Nobody waits for anybody.
    ([Depends(a), Depends(b)], [("a", 0), ("b", 0)]),
    # One is after what it needs, beside all others.
    ([Depends(above_a), Depends(b)], [("a", 0), ("above_a", 1), ("b", 0)]),
    # A value that is taken from earlier is as far as where it comes from.
    ([Depends(above_both), Depends(a)], [("a", 0), ("above_a", 1), ("b", 0), ("above_both", 2), ("a", None)]),
    # What does not want to run beside others is after all before it and before all after it.
    ([Depends(a), Depends(b, parallel=False), Depends(config), Depends(config, use_cache=False)],
     [("a", 0), ("b", 1), ("config", 2), ("config", 2)]),
    # A value of the application runs nowhere.
    ([Depends(config, scope="app"), Depends(a), Depends(b)], [("config", None), ("a", 0), ("b", 0)]),
    # Where no two would run at the same time, the plan is that of a sequence.
    ([Depends(above_a)], [("a", None), ("above_a", None)]),
]  # fmt: skip


@pytest.mark.parametrize(("dependencies", "expected"), CASES)
def test_waves(dependencies: list[Any], expected: list[tuple[str, int | None]]) -> None:
    """Each dependency is as early as what it needs lets it be."""
    assert waves(planned(*dependencies)) == expected


def test_nothing_changes_for_those_who_do_not_ask() -> None:
    """Without the option there are no waves, unless the dependencies say it themselves."""
    assert waves(planned(Depends(a), Depends(b), by_default=False)) == [("a", None), ("b", None)]
    said = planned(Depends(a, parallel=True), Depends(b, parallel=True), Depends(config), by_default=False)
    assert waves(said) == [("a", 0), ("b", 0), ("config", 1)]
