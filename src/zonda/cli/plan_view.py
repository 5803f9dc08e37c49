"""This module draws a plan as a tree: how the body is read, the dependencies, the endpoint, what leaves."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from rich.markup import escape
from rich.tree import Tree

from zonda.analysis.kinds import GENERATORS, CallKind
from zonda.analysis.plan import (
    AppDependencyPlan,
    BodyEncoding,
    BodyParameterPlan,
    BodyPlan,
    CallPlan,
    DependencyPlan,
    EndpointPlace,
    ParameterPlan,
    ResponsePlan,
    ResultKind,
    RoutePlan,
    StepPlan,
    WebSocketPlan,
)
from zonda.own_options import OwnOptions


def plan_tree(plan: RoutePlan | WebSocketPlan) -> Tree:
    """The steps in the order in which they are taken."""
    title = plan.operation if isinstance(plan, RoutePlan) else f"WEBSOCKET {plan.path}"
    tree = Tree(f"[bold]{escape(title)}[/bold]   {escape(place(plan.place))}")
    if isinstance(plan, RoutePlan):
        for line in own_lines(plan.own):
            tree.add(line)
        for item in plan.dependencies:
            if item.step is not None:
                add_step(tree, item, item.step, plan.dependencies)
        if plan.body is not None:
            tree.add(body_line(plan.body))
    endpoint = tree.add(f"[bold]{plan.endpoint.name}()[/bold]   {plan.endpoint.kind.value}, the endpoint")
    add_call(endpoint, plan.endpoint, plan.dependencies)
    if isinstance(plan, RoutePlan):
        tree.add(response_line(plan.response))
    return tree


def add_step(branch: Tree, item: DependencyPlan, step: StepPlan, dependencies: tuple[DependencyPlan, ...]) -> None:
    """What a battery does, what its function is given, and what the battery says about it."""
    how = "def, in the event loop" if step.is_inline and item.call.kind is CallKind.FUNCTION else item.call.kind.value
    inner = branch.add(f"{escape(step.name)}   [bold]{item.call.name}()[/bold]   {step.place.value}, {how}")
    add_call(inner, item.call, dependencies)
    for name, received in step.received:
        inner.add(f"{name}: the {received.value}")
    for line in step.explain:
        inner.add(escape(line))


def add_call(branch: Tree, call: CallPlan, dependencies: tuple[DependencyPlan, ...]) -> None:
    """What one callable is given, and by whom."""
    names = {index: name for name, index in call.arguments}
    for index in call.needs:
        add_dependency(branch, names.get(index, ""), index, dependencies)
    for parameter in call.parameters:
        branch.add(parameter_line(parameter))
    for item in call.body_parameters:
        branch.add(body_parameter_line(item))
    for injection in call.injections:
        branch.add(f"{injection.name}: the {injection.injection.value}")


def add_dependency(branch: Tree, name: str, index: int, dependencies: tuple[DependencyPlan, ...]) -> None:
    item = dependencies[index]
    given = f"{name} = " if name else ""
    notes = [f"step {index + 1}", item.call.kind.value]
    if item.scope == "app":
        notes.append("the application has one")
    elif item.scope is not None and item.call.kind in GENERATORS:
        notes.append("closed after the reply" if item.scope == "request" else "closed before the reply")
    if item.wave is not None:
        others = [other.call.name for other in dependencies if other.wave == item.wave and other is not item]
        if others:
            notes.append(f"at the same time as {', '.join(others)}")
    if item.reuses is not None:
        notes.append(f"the value of step {item.reuses + 1}")
    if item.semaphore is not None:
        notes.append("limited in concurrency")
    inner = branch.add(f"{given}[bold]{item.call.name}()[/bold]   {', '.join(notes)}")
    if item.app is not None:
        add_needs(inner, item.app)
    add_call(inner, item.call, dependencies)


def add_needs(branch: Tree, plan: AppDependencyPlan) -> None:
    """What a value of the application is opened with."""
    for name, needed in plan.needs:
        given = f"{name} = " if name else ""
        inner = branch.add(f"{given}[bold]{needed.name}()[/bold]   {needed.kind.value}, the application has one")
        add_needs(inner, needed)
    for field in plan.defaults:
        branch.add(f"{field.name}: {described(field)}   its default {escape(repr(field.get_default()))}")


def parameter_line(parameter: ParameterPlan) -> str:
    field = parameter.field
    asked = " or ".join(name for name, _ in parameter.request_names)
    renamed = f' as "{escape(asked)}"' if asked and asked != parameter.name else ""
    model = ", its fields are spread over it" if parameter.model is not None else ""
    return (
        f"{parameter.name}: {described(field)}   from the {parameter.source}{renamed}{model}{needed(parameter, field)}"
    )


def body_parameter_line(parameter: BodyParameterPlan) -> str:
    kind = "uploaded file" if parameter.is_file else "form" if parameter.is_form else "body"
    return f"{parameter.name}: {described(parameter.field)}   from the {kind}{needed(parameter, parameter.field)}"


def needed(parameter: ParameterPlan | BodyParameterPlan, field: Any) -> str:
    if parameter.is_required:
        return ", required (422 without it)"
    return f", default {escape(repr(field.get_default()))}"


def own_lines(own: OwnOptions) -> list[str]:
    lines = []
    if own.deadline is not None:
        lines.append(f"deadline   {own.deadline:g} s from here on; 504 beyond")
    if own.cancel_on_disconnect:
        lines.append("cancelled when the client leaves")
    return lines


def body_line(body: BodyPlan) -> str:
    what = "JSON" if body.encoding is BodyEncoding.JSON else "form"
    embedded = ", one key for each parameter" if body.is_embedded else ""
    return f"body   read first, as {what}{embedded}; 422 if it cannot be parsed"


def response_line(response: ResponsePlan) -> str:
    parts = [f"status {response.status_code or 200}"]
    if response.item_field is not None:
        parts.append(f"each item validated as {described(response.item_field)}")
    elif response.field is not None:
        parts.append(f"validated and filtered as {described(response.field)} (500 if it does not fit)")
    filters = (*("include", "exclude"), *("exclude_unset", "exclude_defaults", "exclude_none"))
    parts += [f"{name}={getattr(response, name)!r}" for name in filters if getattr(response, name)]
    kind = "" if response.kind is ResultKind.VALUE else f"{response.kind.value}, "
    return f"reply   {kind}{escape(', '.join([response.response_class.__name__, *parts]))}"


def described(field: Any) -> str:
    return escape(type_name(field.field_info.annotation))


def type_name(annotation: Any) -> str:
    """`list[Item]`, `int | None`: as a person writes it."""
    if isinstance(annotation, type) and not hasattr(annotation, "__args__"):
        return annotation.__name__
    # Modules in front of names: typing.Optional, shop.models.Item
    return re.sub(r"\b(?:[A-Za-z_]\w*\.)+(?=[A-Za-z_])", "", str(annotation))


def place(found: EndpointPlace) -> str:
    path = Path(found.file)
    shown = path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
    return f"{found.function}() in {shown}, line {found.line}"
