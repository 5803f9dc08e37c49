"""This module analyses the steps that a route's options add to it: what each needs, and whether it fits its place.

RouteOption ──analyse(route)──▶ Step ──bound_step──▶ BoundStep
                                                     └── dependant: in the route's tree, so that what the step needs
                                                         is read, solved, refused and documented like all the rest
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ForwardRef

from zonda.analysis.calls import StandIn, call_kind
from zonda.analysis.dependant import Dependant
from zonda.analysis.dependencies import get_dependant
from zonda.analysis.kinds import GENERATORS, CallKind
from zonda.analysis.mistakes import EarlyStep, MisplacedParameter, NoStep, StepField, StepShape, within
from zonda.analysis.plan import FIRST, StepInput, StepPlan
from zonda.analysis.signatures import get_typed_signature
from zonda.extensions import Call, Exchange, Reply, RouteOption, Step, StepPlace

RECEIVED: Mapping[Any, StepInput] = {Exchange: StepInput.EXCHANGE, Call: StepInput.CALL, Reply: StepInput.REPLY}
"""What a step's parameter receives because of its annotation, beside what any callable's does."""

HAS: Mapping[StepPlace, frozenset[StepInput]] = {
    StepPlace.BEFORE_DEPENDENCIES: frozenset({StepInput.EXCHANGE}),
    StepPlace.AFTER_DEPENDENCIES: frozenset({StepInput.EXCHANGE}),
    StepPlace.AROUND_ENDPOINT: frozenset({StepInput.EXCHANGE, StepInput.CALL}),
    StepPlace.ON_REPLY: frozenset({StepInput.EXCHANGE, StepInput.REPLY}),
}
"""What there is to be received at each place."""

PLAIN = "an `async def` or a `def`, without `yield`"
SHAPES: Mapping[StepPlace, str] = {
    StepPlace.BEFORE_DEPENDENCIES: PLAIN,
    StepPlace.AFTER_DEPENDENCIES: PLAIN,
    StepPlace.AROUND_ENDPOINT: "an `async def` with a parameter `call: Call`, or an async generator without one",
    StepPlace.ON_REPLY: f"{PLAIN}, that has a parameter `reply: Reply`",
}


FIELDS: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    "name": (lambda given: isinstance(given, str), "a text"),
    "place": (lambda given: isinstance(given, StepPlace), "one of `zonda.extensions.StepPlace`"),
    "call": (callable, "the function itself, without calling it"),
    "openapi": (
        lambda given: isinstance(given, Mapping),
        'a dict, such as {"tags": ["slow"]}',
    ),
    "explain": (lambda given: isinstance(given, (tuple, list)), 'a tuple of lines, such as ("ten a minute",)'),
}
"""What a Step may be made with, and what to write for what it may not."""


@dataclass(frozen=True, slots=True)
class BoundStep:
    """A step with what its function needs of a request."""

    step: Step
    kind: CallKind
    dependant: Dependant
    """Its value, once solved, is a dict of the function's arguments."""
    received: tuple[tuple[str, StepInput], ...]
    """The parameters that are no part of that."""

    @property
    def plan(self) -> StepPlan:
        step = self.step
        return StepPlan(step.name, step.place, self.received, is_inline=step.inline, explain=step.explain)


def bound_steps(route: Any, options: Iterable[RouteOption]) -> tuple[BoundStep, ...]:
    """The steps of a route, by the order of their options; the last option of a name counts."""
    nearest = {option.name: option for option in options}
    found = [(option, analysed(option, route)) for option in nearest.values()]
    with within(route.endpoint):
        return tuple(bound_step(option, step, route.path_format) for option, step in found if step is not None)


def analysed(option: RouteOption, route: Any) -> Step | None:
    """What the option says of the route; what it raises tells which one it was, and for which route."""
    try:
        return option.analyse(route)
    except Exception as error:
        methods = ",".join(sorted(route.methods))
        error.add_note(f"Raised by `analyse` of the route option {option.name!r} for {methods} {route.path_format}.")
        raise


def bound_step(option: RouteOption, step: Step, path: str) -> BoundStep:
    if not isinstance(step, Step):
        raise NoStep(option=option.name, given=step)
    for name, (fits, wanted) in FIELDS.items():
        if not fits(given := getattr(step, name)):
            raise StepField(step=step.name, field=name, given=given, wanted=wanted)
    with within(step.call, path):
        signature = get_typed_signature(step.call)
        received = {
            name: found
            for name, parameter in signature.parameters.items()
            if (found := received_as(parameter.annotation)) is not None
        }
        _check_shape(step, received)
    others = [parameter for name, parameter in signature.parameters.items() if name not in received]
    # Function scope, like an endpoint: it is over before anything is closed.
    stand_in = StandIn(step.call, inspect.Signature(others))
    dependant = get_dependant(path=path, call=stand_in, scope="function")
    if step.place is FIRST:
        _check_early(step, dependant)
    bound = stand_in.step = BoundStep(step, call_kind(step.call), dependant, tuple(received.items()))
    return bound


def step_of(dependant: Dependant) -> BoundStep | None:
    """The step that this part of a route's tree is for; None for dependencies."""
    return dependant.call.step if isinstance(dependant.call, StandIn) else None


def steps_in(dependant: Dependant) -> tuple[BoundStep, ...]:
    """The steps of a route by its tree."""
    return tuple(found for found in map(step_of, dependant.dependencies) if found is not None)


def received_as(annotation: Any) -> StepInput | None:
    """What a parameter of this type receives; a name that was imported for type checkers only counts as the type."""
    if isinstance(annotation, ForwardRef):
        name = annotation.__forward_arg__.rpartition(".")[2]
        return next((given for kind, given in RECEIVED.items() if kind.__name__ == name), None)
    return next((given for kind, given in RECEIVED.items() if annotation is kind), None)


def _check_shape(step: Step, received: Mapping[str, StepInput]) -> None:
    kind, inputs = call_kind(step.call), list(received.values())
    for name, item in received.items():
        if item not in HAS[step.place] or inputs.count(item) > 1:
            raise MisplacedParameter(name, step=step.name, place=step.place.value, given=item.value)
    if step.place is StepPlace.AROUND_ENDPOINT:
        wanted = CallKind.COROUTINE if StepInput.CALL in inputs else CallKind.ASYNC_GENERATOR
        fits = kind is wanted
    else:
        fits = kind not in GENERATORS and (step.place is not StepPlace.ON_REPLY or StepInput.REPLY in inputs)
    if not fits:
        raise StepShape(step=step.name, place=step.place.value, wanted=SHAPES[step.place])


def _check_early(step: Step, dependant: Dependant) -> None:
    """Nothing is solved and no body is read when it runs."""
    late = [*(item.name for item in dependant.dependencies), *(item.name for item in dependant.body_params)]
    if late:
        kind = "is a dependency" if dependant.dependencies else "comes from the body"
        with within(step.call):
            raise EarlyStep(late[0], step=step.name, kind=kind)


def join_steps(dependant: Dependant, steps: Iterable[BoundStep]) -> None:
    """Put the steps into a route's tree: what is early before its dependencies, all others after them."""
    missing = [item for item in steps if not any(known is item.dependant for known in dependant.dependencies)]
    dependant.dependencies[:0] = [item.dependant for item in missing if item.step.place is FIRST]
    dependant.dependencies.extend(item.dependant for item in missing if item.step.place is not FIRST)
