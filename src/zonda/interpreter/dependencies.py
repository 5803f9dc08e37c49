"""This module solves a dependency tree step by step: each dependency after what it needs, whatever its siblings did."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any

from anyio import CancelScope
from anyio.lowlevel import checkpoint_if_cancelled
from pydantic_core import PydanticUndefined
from starlette.background import BackgroundTasks as StarletteBackgroundTasks
from starlette.requests import Request
from starlette.responses import Response
from starlette.websockets import WebSocket

from zonda.analysis.calls import StandIn, call_kind
from zonda.analysis.dependant import (
    Dependant,
    UsesScopesCache,
    get_cache_key,
    get_computed_scope,
    get_oauth_scopes,
)
from zonda.analysis.dependencies import get_dependant
from zonda.analysis.kinds import GENERATORS, CallKind
from zonda.analysis.planning import plan_app_dependency
from zonda.background import tasks_for
from zonda.concurrency import run_in_threadpool
from zonda.concurrency.threadpool import threadpool_for
from zonda.interpreter.bodies import request_body_to_args
from zonda.interpreter.extraction import request_params_to_args
from zonda.interpreter.sessions import stack_of
from zonda.interpreter.stacks import FUNCTION_KEY, REQUEST_KEY
from zonda.overrides import overrides_of
from zonda.runtime.app_scope import AppScope
from zonda.runtime.dependencies import InThread
from zonda.runtime.errors import repeated, told_once
from zonda.security.scopes import SecurityScopes
from zonda.types import DependencyCacheKey

_SHIELD_KEY = "zonda.shield"


@dataclass
class SolvedDependency:
    """What a dependant's callable is called with, or what is wrong."""

    values: dict[str, Any]
    errors: list[Any]
    background_tasks: StarletteBackgroundTasks | None
    response: Response
    dependency_cache: dict[DependencyCacheKey, Any]


async def solve_dependencies(
    *,
    request: Request | WebSocket,
    dependant: Dependant,
    body: Any = PydanticUndefined,
    background_tasks: StarletteBackgroundTasks | None = None,
    response: Response | None = None,
    dependency_overrides_provider: Any | None = None,
    dependency_cache: dict[DependencyCacheKey, Any] | None = None,
    async_exit_stack: AsyncExitStack,
    embed_body_fields: bool,
    _uses_scopes_cache: UsesScopesCache | None = None,
) -> SolvedDependency:
    """Solve what a dependant's callable needs; packages call this with a request they made up."""
    stack_of(request.scope, REQUEST_KEY)
    stack_of(request.scope, FUNCTION_KEY)
    solution = _Solution(
        request=request,
        body=body,
        background_tasks=background_tasks,
        response=_unset_response() if response is None else response,
        overrides=overrides_of(dependency_overrides_provider or None),
        cache={} if dependency_cache is None else dependency_cache,
        stack=async_exit_stack,
        scopes_cache={} if _uses_scopes_cache is None else _uses_scopes_cache,
        run_in_thread=_threads_of(request, dependant),
    )
    values, errors = await solution.arguments(dependant, embed_body_fields=embed_body_fields)
    return SolvedDependency(
        values=values,
        errors=told_once(errors),
        background_tasks=solution.background_tasks,
        response=solution.response,
        dependency_cache=solution.cache,
    )


@dataclass
class _Solution:
    """The state of solving one tree for one request."""

    request: Request | WebSocket
    body: Any
    background_tasks: StarletteBackgroundTasks | None
    response: Response
    overrides: Mapping[Callable[..., Any], Callable[..., Any]]
    cache: dict[DependencyCacheKey, Any]
    stack: AsyncExitStack
    scopes_cache: UsesScopesCache
    run_in_thread: Callable[..., Awaitable[Any]]
    wrong: set[DependencyCacheKey] = field(default_factory=set)
    """The dependencies that were not called because of what is wrong."""
    is_in_step: bool = False

    async def arguments(self, dependant: Dependant, *, embed_body_fields: bool) -> tuple[dict[str, Any], list[Any]]:
        """The arguments of a dependant's callable, sub-dependencies first, and what is wrong with them."""
        values: dict[str, Any] = {}
        errors: list[Any] = []
        for item in dependant.dependencies:
            if item.scope == "app":
                value = await self._app_scope().once(plan_app_dependency(item, self.overrides)).open()
                if item.name is not None:
                    values[item.name] = value
                continue
            sub = self._overridden(item)
            if isinstance(item.call, StandIn):
                self.is_in_step = True
            sub_values, sub_errors = await self.arguments(sub, embed_body_fields=embed_body_fields)
            if isinstance(item.call, StandIn):
                self.is_in_step = False
            if sub_errors:
                errors += self._told(item, sub_errors)
                continue
            value = await self._value(item, sub, sub_values)
            if item.name is not None:
                values[item.name] = value
        errors += self._read_parameters(dependant, values)
        if dependant.body_params:
            body_values, body_errors = await request_body_to_args(
                body_fields=dependant.body_params, received_body=self.body, embed_body_fields=embed_body_fields
            )
            values |= body_values
            errors += body_errors
        self._inject(dependant, values)
        return values, errors

    def _told(self, declared: Dependant, errors: list[Any]) -> list[Any]:
        """The errors of a dependency; those that the route told of before are not told for a step again."""
        key = get_cache_key(dependant=declared, uses_scopes_cache=self.scopes_cache)
        is_repeated = self.is_in_step and declared.use_cache and key in self.wrong
        self.wrong.add(key)
        return repeated(errors) if is_repeated else errors

    def _app_scope(self) -> AppScope:
        """Where the application has the values that it has one of; a router without one has none to keep them."""
        scope = getattr(self.request.scope.get("app"), "app_scope", None)
        if not isinstance(scope, AppScope):
            raise RuntimeError('Dependencies with scope="app" need a Zonda application around the router.')
        return scope

    def _overridden(self, dependant: Dependant) -> Dependant:
        """The dependant of what replaces this one's callable, or itself."""
        assert dependant.call is not None, "sub_dependant.call must be a function"
        call = self.overrides.get(dependant.call)
        if call is None:
            return dependant
        assert dependant.path is not None
        return get_dependant(
            path=dependant.path,
            call=call,
            name=dependant.name,
            parent_oauth_scopes=get_oauth_scopes(dependant=dependant),
            scope=dependant.scope,
            concurrency=dependant.concurrency,
        )

    async def _value(self, declared: Dependant, solved: Dependant, values: dict[str, Any]) -> Any:
        """The value of a dependency: called now, or taken from an earlier call in this request."""
        key = get_cache_key(dependant=declared, uses_scopes_cache=self.scopes_cache)
        if declared.use_cache and key in self.cache:
            return self.cache[key]
        value = await self._call(solved, values)
        self.cache.setdefault(key, value)
        return value

    async def _call(self, dependant: Dependant, values: dict[str, Any]) -> Any:
        call = dependant.call
        assert call is not None
        kind = call_kind(call)
        limit = dependant.concurrency
        if kind in GENERATORS:
            return await self._open(dependant, call, kind, values)
        if limit is None:
            return await self._called(call, kind, values)
        async with limit.get_semaphore():
            return await self._called(call, kind, values)

    async def _called(self, call: Callable[..., Any], kind: CallKind, values: dict[str, Any]) -> Any:
        if kind is CallKind.COROUTINE:
            return await call(**values)
        return await self.run_in_thread(call, **values)

    async def _open(
        self, dependant: Dependant, call: Callable[..., Any], kind: CallKind, values: dict[str, Any]
    ) -> Any:
        scope = self.request.scope
        is_function_scoped = get_computed_scope(dependant=dependant) == "function"
        stack = stack_of(scope, FUNCTION_KEY if is_function_scoped else REQUEST_KEY)
        manager: AbstractAsyncContextManager[Any]
        if kind is CallKind.GENERATOR:
            manager = InThread(contextmanager(call)(**values), self.run_in_thread)
        else:
            manager = _ShieldedManager(asynccontextmanager(call)(**values), _shield_of(scope))
        if dependant.concurrency is not None:
            await stack.enter_async_context(dependant.concurrency.get_semaphore())
        return await stack.enter_async_context(manager)

    def _read_parameters(self, dependant: Dependant, values: dict[str, Any]) -> list[Any]:
        errors: list[Any] = []
        request = self.request
        for fields, received in (
            (dependant.path_params, request.path_params),
            (dependant.query_params, request.query_params),
            (dependant.header_params, request.headers),
            (dependant.cookie_params, request.cookies),
        ):
            found, wrong = request_params_to_args(fields, received)
            values |= found
            errors += wrong
        return errors

    def _inject(self, dependant: Dependant, values: dict[str, Any]) -> None:
        """Give what is asked for by annotation."""
        if dependant.http_connection_param_name:
            values[dependant.http_connection_param_name] = self.request
        if dependant.request_param_name and isinstance(self.request, Request):
            values[dependant.request_param_name] = self.request
        elif dependant.websocket_param_name and isinstance(self.request, WebSocket):
            values[dependant.websocket_param_name] = self.request
        if dependant.background_tasks_param_name:
            if self.background_tasks is None:
                self.background_tasks = tasks_for(self.request.scope.get("app"))
            values[dependant.background_tasks_param_name] = self.background_tasks
        if dependant.response_param_name:
            values[dependant.response_param_name] = self.response
        if dependant.security_scopes_param_name:
            scopes = get_oauth_scopes(dependant=dependant)
            values[dependant.security_scopes_param_name] = SecurityScopes(scopes=scopes)


def _threads_of(request: Request | WebSocket, dependant: Dependant) -> Callable[..., Awaitable[Any]]:
    """What runs `def` dependencies: under a limit of their own if the application has one for them."""
    settings = getattr(request.scope.get("app"), "thread_settings", None)
    if settings is None or settings.dependencies is None:
        return run_in_threadpool
    return threadpool_for(f"{request.scope.get('method', 'WEBSOCKET')} {dependant.path}", settings.dependencies)


class _ShieldedManager(AbstractAsyncContextManager[Any]):
    """Closes an async generator even while the request around it is being cancelled.

    The scope that shields was entered before the generator began, so that scopes which it opens lie inside.
    """

    def __init__(self, manager: AbstractAsyncContextManager[Any], shield: CancelScope) -> None:
        self._manager = manager
        self._shield = shield

    async def __aenter__(self) -> Any:
        return await self._manager.__aenter__()

    async def __aexit__(self, *error: Any) -> bool | None:
        self._shield.shield = True
        try:
            swallowed = await self._manager.__aexit__(*error)
        finally:
            self._shield.shield = False
        if error[0] is None or swallowed:
            await checkpoint_if_cancelled()  # what was held back while the shield was up
        return swallowed


def _shield_of(scope: MutableMapping[str, Any]) -> CancelScope:
    """The cancel scope that all async generators of one request share, left with the request's stack."""
    shield = scope.get(_SHIELD_KEY)
    if not isinstance(shield, CancelScope):
        shield = scope[_SHIELD_KEY] = CancelScope()
        stack = stack_of(scope, REQUEST_KEY)
        stack.callback(scope.pop, _SHIELD_KEY, None)
        stack.enter_context(shield)
    return shield


def _unset_response() -> Response:
    """The Response of those who ask for one; its status and headers are merged into what is sent."""
    response = Response()
    del response.headers["content-length"]
    response.status_code = None  # type: ignore[assignment]  # nobody has set it
    return response
