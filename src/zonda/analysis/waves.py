"""This module computes which dependencies of a route run at the same time.

wave 0   get_user  get_settings       they need nothing of each other
wave 1   get_rights                   needs get_user
wave 2   audit                        was not declared to run beside others: after all before it
wave 3   ...                          declared after it
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from zonda.analysis.plan import DependencyPlan


def in_waves(plans: Sequence[DependencyPlan], by_default: bool) -> tuple[DependencyPlan, ...]:
    """The plans with their waves, or as they were where no two would run at the same time."""
    waves: dict[int, int] = {}
    first_free = 0
    for index, plan in enumerate(plans):
        if not is_called(plan):
            continue
        above = [waves[found] + 1 for found in (origin(plans, needed) for needed in plan.call.needs) if found in waves]
        if is_parallel(plan, by_default):
            waves[index] = max([first_free, *above])
        else:
            waves[index] = max(waves.values(), default=-1) + 1
            first_free = waves[index] + 1
    if all(count == 1 for count in Counter(waves.values()).values()):
        return tuple(plans)
    return tuple(replace(plan, wave=waves.get(index)) for index, plan in enumerate(plans))


def is_called(plan: DependencyPlan) -> bool:
    """It is no value from elsewhere, and no step, which has a place of its own."""
    return plan.reuses is None and plan.app is None and plan.step is None


def is_parallel(plan: DependencyPlan, by_default: bool) -> bool:
    said = plan.dependant.parallel if plan.dependant is not None else None
    return by_default if said is None else said


def origin(plans: Sequence[DependencyPlan], index: int) -> int:
    """The dependency whose value is taken at this place."""
    while (reused := plans[index].reuses) is not None:
        index = reused
    return index
