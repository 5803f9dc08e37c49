"""This module writes how dependencies are called, each after its own parameters, and left open if they yield."""

from __future__ import annotations

from contextlib import nullcontext

from zonda.analysis.kinds import Injection
from zonda.analysis.plan import FIRST, AppDependencyPlan, CallPlan, DependencyPlan, InjectionPlan
from zonda.compiler import bodies, calls, extraction, steps, waves
from zonda.compiler.page import Arguments, Page
from zonda.runtime.app_scope import UNOPENED
from zonda.runtime.dependencies import injected_response, injected_tasks
from zonda.runtime.errors import repeated
from zonda.security.scopes import SecurityScopes


class Failures:
    """Which dependencies some request keeps from being called, and by whose mistakes."""

    def __init__(self, page: Page) -> None:
        self._calls = [dependency.call for dependency in page.dependencies]
        self._is_called = [is_called(dependency) for dependency in page.dependencies]
        self.own = [call_can_fail(page, call) for call in self._calls]
        """Whether the dependency's own parameters can be wrong."""
        self.starts = [self._start(index) for index in range(len(self._calls))]
        """Where the dependency's subtree begins: all that it needs stands right before it."""

    def _start(self, index: int) -> int:
        return min((self._start(needed) for needed in self._calls[index].needs), default=index)

    def can_block(self, index: int) -> bool:
        return any(self.own[self.starts[index] : index + 1])

    def needs_count(self, index: int) -> bool:
        """Mistakes may have been noted before that are no concern of this dependency."""
        return self._is_called[index] and self.can_block(index) and any(self.own[: self.starts[index]])


def is_called(dependency: DependencyPlan) -> bool:
    """Among the dependencies, that is: steps are called later, when nothing is wrong, unless they are the first."""
    return dependency.reuses is None and (dependency.step is None or dependency.step.place is FIRST)


def call_can_fail(page: Page, call: CallPlan) -> bool:
    return page.has_request and (
        bool(call.body_parameters) or any(extraction.can_fail(page, parameter) for parameter in call.parameters)
    )


def can_fail(page: Page) -> bool:
    """Whether some request is a 422 because of its parameters or the values in its body."""
    return any(call_can_fail(page, call) for call in page.calls())


def write_dependencies(page: Page, start: int = 0, stop: int | None = None) -> None:
    """Write every dependency in call order, or those from `start` to before `stop`."""
    failures = Failures(page)
    counts: dict[int, str] = {}
    waiting: list[waves.Waiting] = []
    for index, dependency in list(enumerate(page.dependencies))[start:stop]:
        if any(start == index and failures.needs_count(outer) for outer, start in enumerate(failures.starts)):
            counts[index] = page.source.name(f"errors_before_{dependency.call.name}")
            page.source.comment("What is wrong so far keeps nothing below from being called.")
            page.source.line(f"{counts[index]} = errors and len(errors)")
        if dependency.reuses is None and dependency.app is not None:
            write_app_dependency(page, index, dependency.app)
        elif dependency.reuses is None:
            guard = None
            if failures.needs_count(index):
                guard = f"if errors is None or len(errors) == {counts[failures.starts[index]]}"
            elif failures.can_block(index):
                guard = "if errors is None"
            if dependency.wave is None:
                write_dependency(page, index, guard)
            else:
                waiting.append(waves.waiting(page, index, guard, write_noted_arguments(page, index)))
        elif failures.own[index]:
            write_repetition(page, index)
    waves.write_waves(page, waiting)


def write_dependency(page: Page, index: int, guard: str | None) -> None:
    """Write the dependency's parameters and its call, which is left out if something in its subtree is wrong."""
    arguments = write_noted_arguments(page, index)
    if page.dependencies[index].step is not None:
        write_step(page, index, guard, arguments)
        return
    page.dependency_locals[index] = page.value_name(index)
    calls.write_guarded_call(page, index, guard, arguments)


def write_noted_arguments(page: Page, index: int) -> Arguments:
    """Write the dependency's parameters, and keep apart what is wrong with them if it is to be repeated."""
    source, call = page.source, page.dependencies[index].call
    is_repeated = call_can_fail(page, call) and any(later.reuses == index for later in page.dependencies)
    if is_repeated:
        count = source.name(f"errors_noted_before_{call.name}")
        source.comment(f"Errors of {call.name} are reported wherever it is used.")
        source.line(f"{count} = len(errors or ())")
    arguments = write_arguments(page, call)
    if is_repeated:
        page.repeated[index] = source.name(f"errors_of_{call.name}")
        source.line(f"{page.repeated[index]} = errors and errors[{count}:]")
    return arguments


def write_step(page: Page, index: int, guard: str | None, arguments: Arguments) -> None:
    """Write a step's call if it runs before the dependencies; others are called at a later place."""
    dependency = page.dependencies[index]
    step = steps.of(dependency)
    if step.place is not FIRST:
        page.step_arguments[index] = arguments
        return
    unless = ", unless something that it needs is wrong" if guard else ""
    page.source.comment(f"Step {step.name}, before dependencies{unless}: it may answer.")
    with page.source.block(guard) if guard else nullcontext():
        steps.write_early_step(page, dependency, arguments)


def write_app_dependency(page: Page, index: int, plan: AppDependencyPlan) -> None:
    """Write that a value is taken from the application, which opens it for the first who asks."""
    source = page.source
    value = page.dependency_locals[index] = page.value_name(index) or source.name(f"{plan.name}_value")
    once = page.app_scope.once(plan)
    name, unopened = source.bind(f"{plan.name}_once", once), source.bind("UNOPENED", UNOPENED)
    source.comment(f"Dependency {plan.name}: the application has one.")
    source.line(f"{value} = {name}.value")
    with source.block(f"if {value} is {unopened}"):
        source.line(f"{value} = await {name}.open()")


def write_repetition(page: Page, index: int) -> None:
    """Write that the mistakes of a dependency whose value is reused count at this place too."""
    first = page.repeated[page.origin(index)]
    source, dependency = page.source, page.dependencies[index]
    again = "its errors are repeated" if dependency.is_told else "what is wrong is told once"
    source.comment(f"{dependency.call.name} again: it is not called twice, {again}.")
    with source.block(f"if {first}"):
        source.line(f"errors += {first if dependency.is_told else f'{source.use(repeated)}({first})'}")


def write_arguments(page: Page, call: CallPlan) -> Arguments:
    """Write how a call's own parameters, body and injections are read; returns all its arguments."""
    arguments = {name: page.dependency_locals[page.origin(index)] for name, index in call.arguments}
    if not page.has_request:
        arguments |= extraction.write_defaults(page, call)
    else:
        arguments |= extraction.write_parameters(page, call)
        arguments |= bodies.write_parameters(page, call)
    for injection in call.injections:
        value = injected(page, injection)
        if value is not None:
            arguments[injection.name] = value
    return arguments


def injected(page: Page, plan: InjectionPlan) -> str | None:
    """The expression of what an annotation alone asks for; None where there is no such thing to give."""
    source, connection = page.source, page.connection
    is_websocket = page.connection == "connection"
    match plan.injection:
        case Injection.REQUEST:
            return None if is_websocket else f"{connection}.request"
        case Injection.WEBSOCKET:
            return f"{connection}.websocket" if is_websocket else None
        case Injection.HTTP_CONNECTION:
            return f"{connection}.{'websocket' if is_websocket else 'request'}"
        case Injection.RESPONSE:
            comment = "Injected: a Response whose status and headers are merged into the reply's."
            return page.once("response", f"{source.use(injected_response)}({connection})", comment)
        case Injection.BACKGROUND_TASKS:
            comment = "Injected: tasks that run after the reply was sent."
            return page.once("tasks", f"{source.use(injected_tasks)}({connection})", comment)
        case Injection.SECURITY_SCOPES:
            return f"{source.use(SecurityScopes)}({list(plan.scopes)!r})"
