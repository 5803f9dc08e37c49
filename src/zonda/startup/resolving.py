"""This module resolves dependencies where there is no request: for scripts, commands, tasks, start-up code.

    app.resolve(get_users)   ─▶ Prepared ─▶ a compiled function ─▶ its value, in a Resolution that is then closed
    @app.inject              ─▶ Prepared ─▶ a compiled function ─▶ the decorated function's result

A Prepared is analysed once, and compiled once for each set of overrides.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from types import TracebackType
from typing import Any

from starlette.background import BackgroundTasks

from zonda.analysis.calls import call_kind, name_of
from zonda.analysis.dependant import Dependant
from zonda.analysis.dependencies import get_injected_dependant, get_parameterless_sub_dependant
from zonda.analysis.kinds import GENERATORS, CallKind
from zonda.analysis.mistakes import InjectedGenerator, NotCallable, declaring, within
from zonda.analysis.plan import CallerGives
from zonda.analysis.planning import plan_caller
from zonda.analysis.requestless import without_request
from zonda.compiler import compile_caller
from zonda.overrides import overrides_of
from zonda.params import Depends, Security
from zonda.runtime.errors import swallowed
from zonda.seams import Caller, ExitStack
from zonda.startup.blocking import while_open
from zonda.startup.variants import Variants
from zonda.transport.scopes import GeneratorExitStack, OpenScopes

Args = tuple[Any, ...]
Kwargs = dict[str, Any]
POSITIONAL = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)

MOST_PREPARED = 256
"""Dependencies that are kept ready for `resolve`; who makes new functions all the time has them analysed each time."""


class Resolution:
    """One use of dependencies: seams.Resolution, with what it opened and the tasks that it added."""

    background: BackgroundTasks | None = None

    def __init__(self, app: Any) -> None:
        self.app = app
        self._open = OpenScopes(has_outer_scopes=True)

    def request_stack(self) -> ExitStack:
        return self._open.open_request()

    def function_stack(self) -> GeneratorExitStack:
        return self._open.open_function(lambda error: None)

    async def finish(self, error: BaseException | None) -> BaseException | None:
        """End as a request does: function scope, background tasks, request scope. Returns what is raised in the end."""
        error = await self._open.close_function(error)
        if error is None and self.background is not None:
            try:
                await self.background()
            except BaseException as raised:  # noqa: BLE001  (the exits have to see it)
                error = raised
        return await self._open.close(error)


class Prepared:
    """What was declared for use without a request, with its compiled functions."""

    def __init__(self, app: Any, title: str, dependant: Dependant, gives: CallerGives) -> None:
        self.app = app
        self.title = title
        self.dependant = dependant
        self.gives = gives
        self._plain: Caller | None = None
        self._variants = Variants(self._compiled)

    def caller(self) -> Caller:
        """The function for the overrides that are in force here and now."""
        overrides = overrides_of(self.app)
        if overrides:
            return self._variants.of(overrides)
        if self._plain is None:
            self._plain = self._compiled({})
        return self._plain

    def _compiled(self, overrides: Mapping[Any, Any]) -> Caller:
        with without_request(self.title):
            plan = plan_caller(
                self.title, self.dependant, self.gives, overrides, parallel=self.app.parallel_dependencies
            )
        return compile_caller(plan, self.app.thread_settings, self.app.app_scope)


class Resolving(AbstractAsyncContextManager[Any]):
    """What `async with` takes: resolves when it is entered, closes when it is left."""

    def __init__(self, prepared: Prepared, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None) -> None:
        self._prepared = prepared
        self._given = args, kwargs or {}
        self._resolution: Resolution | None = None

    async def __aenter__(self) -> Any:
        if self._resolution is not None:
            raise RuntimeError(f"{self._prepared.title} is entered twice. Call it for each block.")
        self._resolution = Resolution(self._prepared.app)
        try:
            return await self._prepared.caller()(self._resolution, *self._given)
        except BaseException as error:
            left = await self._resolution.finish(error)
            if left is error:
                raise
            raise (left or swallowed()) from error

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> bool:
        assert self._resolution is not None
        left = await self._resolution.finish(error)
        if left is not None and left is not error:
            raise left
        return error is not None and left is None


class Resolver:
    """What one application has resolved without a request, and the functions that it injects into."""

    def __init__(self, app: Any) -> None:
        self._app = app
        self._resolved: dict[tuple[Any, ...], tuple[Depends, Prepared]] = {}
        self._injected: list[Dependant] = []

    def trees(self) -> list[Dependant]:
        """The dependency trees that were declared here."""
        return [*self._injected, *(prepared.dependant for _, prepared in self._resolved.values())]

    def resolving(self, dependency: Any) -> Resolving:
        """Raises a Mistake for what cannot be resolved without a request."""
        depends = dependency if isinstance(dependency, Depends) else Depends(dependency)
        scopes = tuple(depends.scopes or ()) if isinstance(depends, Security) else ()
        key = id(depends.dependency), depends.scope, scopes
        if key not in self._resolved:
            if len(self._resolved) >= MOST_PREPARED:
                self._resolved.clear()
            self._resolved[key] = depends, self._prepared(depends)
        return Resolving(self._resolved[key][1])

    def _prepared(self, depends: Depends) -> Prepared:
        call: Any = depends.dependency
        if not callable(call):
            raise NotCallable(given=call)
        title = f"app.resolve({name_of(call)})"
        with declaring(title, call), without_request("app.resolve()"):
            wanted = get_parameterless_sub_dependant(depends=depends, path="")
        wanted.name = "value"
        dependant = Dependant(call=call, path="", dependencies=[wanted])
        return Prepared(self._app, title, dependant, CallerGives.VALUE)

    def inject(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function without the parameters that are dependencies: those are filled at each call."""
        title = f"@app.inject {name_of(function)}"
        with declaring(title, function), without_request("@app.inject"):
            if call_kind(function) in GENERATORS:
                with within(function):
                    raise InjectedGenerator(function=name_of(function))
            dependant = get_injected_dependant(function)
        self._injected.append(dependant)
        if call_kind(function) is CallKind.COROUTINE:
            injected = _asynchronous(function, Prepared(self._app, title, dependant, CallerGives.RESULT))
        else:
            injected = _blocking(function, Prepared(self._app, title, dependant, CallerGives.ARGUMENTS))
        injected.__signature__ = remaining_signature(function, dependant)  # type: ignore[attr-defined]  # read by inspect
        return injected


def _asynchronous(function: Callable[..., Any], prepared: Prepared) -> Callable[..., Any]:
    given = argument_passing(function, prepared.dependant)

    @functools.wraps(function)
    async def injected(*args: Any, **kwargs: Any) -> Any:
        resolving = Resolving(prepared, *given(args, kwargs))
        result = await resolving.__aenter__()  # the function has run when this returns
        await resolving.__aexit__(None, None, None)
        return result

    return injected


def _blocking(function: Callable[..., Any], prepared: Prepared) -> Callable[..., Any]:
    given = argument_passing(function, prepared.dependant)

    @functools.wraps(function)
    def injected(*args: Any, **kwargs: Any) -> Any:
        args, kwargs = given(args, kwargs)
        return while_open(Resolving(prepared), lambda values: function(*args, **kwargs, **values), prepared.title)

    return injected


def argument_passing(
    function: Callable[..., Any], dependant: Dependant
) -> Callable[[Args, Kwargs], tuple[Args, Kwargs]]:
    """How arguments are passed on: as they came, or by name where a dependency stands before a positional one."""
    remaining = remaining_signature(function, dependant)
    positional = [item.name for item in inspect.signature(function).parameters.values() if item.kind in POSITIONAL]
    left = [name for name in positional if name in remaining.parameters]
    if positional[: len(left)] == left:
        return lambda args, kwargs: (args, kwargs)

    def by_name(args: Args, kwargs: Kwargs) -> tuple[Args, Kwargs]:
        remaining.bind(*args, **kwargs)  # says what is wrong with them
        return (), {**dict(zip(left, args, strict=False)), **kwargs}

    return by_name


def remaining_signature(function: Callable[..., Any], dependant: Dependant) -> inspect.Signature:
    """The signature of a function without the parameters that are dependencies."""
    names = {child.name for child in dependant.dependencies}
    signature = inspect.signature(function)
    return signature.replace(parameters=[item for name, item in signature.parameters.items() if name not in names])
