"""This module freezes a plan from what was declared: the route, its dependency tree, and who replaces whom.

plan_route ── the tree in call order ──▶ DependencyPlan ...
           ── the endpoint ────────────▶ CallPlan
           ── the body ────────────────▶ BodyPlan
           ── what leaves ─────────────▶ ResponsePlan
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from zonda import params
from zonda.analysis.calls import call_kind, name_of, source_of
from zonda.analysis.dependant import (
    Dependant,
    UsesScopesCache,
    get_cache_key,
    get_computed_scope,
    get_oauth_scopes,
)
from zonda.analysis.dependencies import get_dependant, refuse_cycle
from zonda.analysis.fields import ModelField
from zonda.analysis.kinds import Injection
from zonda.analysis.parameters import INJECTIONS
from zonda.analysis.plan import (
    FIRST,
    AppDependencyPlan,
    BodyEncoding,
    BodyPlan,
    CallerGives,
    CallerPlan,
    CallPlan,
    DependencyPlan,
    EndpointPlace,
    InjectionPlan,
    RoutePlan,
    Source,
    WebSocketPlan,
)
from zonda.analysis.results import plan_response
from zonda.analysis.secrets import Secrets, hides_secrets, secrets_of
from zonda.analysis.sources import plan_body_parameter, plan_parameter
from zonda.analysis.steps import BoundStep, step_of, steps_in
from zonda.analysis.waves import in_waves
from zonda.datastructures import unmarked
from zonda.own_options import NOTHING

Overrides = Mapping[Callable[..., Any], Callable[..., Any]]


def plan_route(route: Any, overrides: Overrides | None = None) -> RoutePlan:
    """The plan of an HTTP route, or of any object with an APIRoute's attributes."""
    route.dependant.watch()
    tree = _Tree(overrides or {})
    endpoint = tree.plan_endpoint(route.dependant)
    methods = tuple(sorted(route.methods or ()))
    operation = f"{','.join(methods)} {route.path_format}"
    return RoutePlan(
        operation=operation,
        path=route.path,
        methods=methods,
        endpoint=endpoint,
        dependencies=in_waves(tree.plans, _runs_in_parallel(route)),
        body=_plan_body(route),
        response=plan_response(route),
        place=_place(route.dependant.call, operation),
        max_body_size=route.max_body_size,
        own=getattr(route, "own", NOTHING),
        secrets=_secrets(route, endpoint, tree.plans),
    )


def plan_websocket(route: Any, overrides: Overrides | None = None) -> WebSocketPlan:
    """The plan of a websocket route."""
    route.dependant.watch()
    tree = _Tree(overrides or {})
    endpoint = tree.plan_endpoint(route.dependant)
    return WebSocketPlan(
        path=route.path,
        endpoint=endpoint,
        dependencies=in_waves(tree.plans, _runs_in_parallel(route)),
        place=_place(route.dependant.call, f"WS {route.path_format}"),
        secrets=_secrets(route, endpoint, tree.plans),
        embeds_body=route._embed_body_fields,
    )


def plan_caller(
    title: str,
    dependant: Dependant,
    gives: CallerGives,
    overrides: Overrides | None = None,
    *,
    parallel: bool = False,
) -> CallerPlan:
    """The plan of a dependency, or of a function with dependencies, that is used without a request."""
    tree = _Tree(overrides or {})
    endpoint = tree.plan_endpoint(dependant)
    return CallerPlan(
        title=title,
        endpoint=endpoint,
        dependencies=in_waves(tree.plans, parallel),
        place=_place(dependant.call, title),
        gives=gives,
    )


def plan_app_dependency(declared: Dependant, overrides: Overrides | None = None) -> AppDependencyPlan:
    """The plan of a dependency with `scope="app"`, with what replaces it and what it needs."""
    used = replaced(declared, overrides or {})
    call: Any = used.call
    sources = (used.query_params, used.header_params, used.cookie_params, used.body_params)
    return AppDependencyPlan(
        call=call,
        kind=call_kind(call),
        name=_identifier(name_of(call)),
        needs=tuple((child.name, plan_app_dependency(child, overrides)) for child in used.dependencies),
        defaults=tuple(field for fields in sources for field in fields),
        scopes=tuple(get_oauth_scopes(dependant=used)),
        scopes_argument=used.security_scopes_param_name,
    )


def _secrets(route: Any, endpoint: CallPlan, dependencies: Sequence[DependencyPlan]) -> Secrets | None:
    if not hides_secrets(getattr(route, "dependency_overrides_provider", None)):
        return None
    calls = [endpoint, *(item.call for item in dependencies)]
    parameters = [(item.source, item.field) for call in calls for item in call.parameters]
    return secrets_of(parameters + [("body", item.field) for call in calls for item in call.body_parameters])


def _runs_in_parallel(route: Any) -> bool:
    """The application of the route lets dependencies run at the same time unless they say otherwise."""
    return bool(getattr(getattr(route, "dependency_overrides_provider", None), "parallel_dependencies", False))


class _Tree:
    """A dependency tree on its way into call order: each after all that it needs."""

    def __init__(self, overrides: Overrides) -> None:
        self.plans: list[DependencyPlan] = []
        self._overrides = overrides
        self._first_with: dict[Any, int] = {}
        """The first dependency with each cache key; those after it take its value."""
        self._uses_scopes: UsesScopesCache = {}
        self._is_in_step = False
        self._open: list[Any] = []
        """The calls that are being planned, from the endpoint inward."""

    def plan_endpoint(self, dependant: Dependant) -> CallPlan:
        for bound in steps_in(dependant):
            if bound.step.place is FIRST:
                self._add_step(bound)
        return self._plan_call(dependant)

    def _add_step(self, bound: BoundStep) -> None:
        """Add what a step's function needs, and the step in the place of a call."""
        self._is_in_step = True
        call = self._plan_call(bound.dependant)
        self._is_in_step = False
        call = replace(call, call=bound.step.call, kind=bound.kind)
        self.plans.append(DependencyPlan(call=call, scope=None, dependant=bound.dependant, step=bound.plan))

    def _plan_call(self, dependant: Dependant) -> CallPlan:
        """The call of a dependant, after its dependencies were added."""
        self._open.append(dependant.call)
        needs, arguments = [], []
        for child in dependant.dependencies:
            if bound := step_of(child):
                if bound.step.place is not FIRST:
                    self._add_step(bound)
                continue
            index = self._add(child)
            needs.append(index)
            if child.name is not None:
                arguments.append((child.name, index))
        call: Any = self._open.pop()
        sources: tuple[tuple[Source, Sequence[ModelField]], ...] = (
            ("path", dependant.path_params),
            ("query", dependant.query_params),
            ("header", dependant.header_params),
            ("cookie", dependant.cookie_params),
        )
        return CallPlan(
            call=call,
            kind=call_kind(call),
            name=_identifier(name_of(call)),
            parameters=tuple(plan_parameter(field, source) for source, fields in sources for field in fields),
            body_parameters=tuple(plan_body_parameter(field) for field in dependant.body_params),
            injections=tuple(_injections(dependant)),
            arguments=tuple(arguments),
            needs=tuple(needs),
        )

    def _add(self, declared: Dependant) -> int:
        """Add a dependency with all that it needs and return its index."""
        key = _hashable(get_cache_key(dependant=declared, uses_scopes_cache=self._uses_scopes))
        reused = self._first_with.get(key) if declared.use_cache else None
        if declared.scope == "app":
            return self._add_of_app(declared, key, reused)
        used = self._replaced(declared)
        before = len(self.plans)
        call = self._plan_call(used)
        added = self.plans[before:]
        if reused is not None and _is_settled(call, added):
            del self.plans[before:]
            call = replace(call, needs=(), arguments=())
        index = len(self.plans)
        self.plans.append(
            DependencyPlan(
                call=call,
                scope=get_computed_scope(dependant=used),
                reuses=reused,
                is_told=reused is None or not self._is_in_step,
                semaphore=used.concurrency,
                dependant=used,
            )
        )
        if reused is None:
            self._first_with.setdefault(key, index)
        return index

    def _add_of_app(self, declared: Dependant, key: Any, reused: int | None) -> int:
        """Add what is taken from the application: its needs are no concern of the request."""
        plan = plan_app_dependency(declared, self._overrides)
        call = CallPlan(call=plan.call, kind=plan.kind, name=plan.name)
        index = len(self.plans)
        self.plans.append(DependencyPlan(call=call, scope="app", reuses=reused, dependant=declared, app=plan))
        if reused is None:
            self._first_with.setdefault(key, index)
        return index

    def _replaced(self, declared: Dependant) -> Dependant:
        """The dependant of what replaces the call, at the same place in the tree."""
        used = replaced(declared, self._overrides)
        if used is not declared:
            refuse_cycle(self._open, used.call)  # type: ignore[arg-type]  # a replacement is a callable
        return used


def replaced(declared: Dependant, overrides: Overrides) -> Dependant:
    """The dependant of what replaces the call, at the same place in the tree; the given one where nothing does."""
    call: Any = declared.call
    try:
        replacement = overrides.get(call)
    except TypeError:
        replacement = None  # what has no hash cannot be a key
    if replacement is None or replacement is call:
        return declared
    return get_dependant(
        path=declared.path or "",
        call=replacement,
        name=declared.name,
        own_oauth_scopes=declared.own_oauth_scopes,
        parent_oauth_scopes=declared.parent_oauth_scopes,
        use_cache=declared.use_cache,
        scope=declared.scope,
        concurrency=declared.concurrency,
        parallel=declared.parallel,
    )


def _is_settled(call: CallPlan, below: list[DependencyPlan]) -> bool:
    """A value that is taken from earlier needs nothing checked or called again here."""
    return not _reads_request(call) and all(item.reuses is not None and not _reads_request(item.call) for item in below)


def _reads_request(call: CallPlan) -> bool:
    return bool(call.parameters or call.body_parameters)


def _hashable(key: Any) -> Any:
    """A cache key that works for callables without a hash too."""
    try:
        hash(key)
    except TypeError:
        return (id(key[0]), *key[1:])
    return key


def _injections(dependant: Dependant) -> list[InjectionPlan]:
    plans = []
    for attribute, injection in INJECTIONS.items():
        name = getattr(dependant, attribute)
        if name is not None:
            scopes = tuple(get_oauth_scopes(dependant=dependant)) if injection is Injection.SECURITY_SCOPES else ()
            plans.append(InjectionPlan(name, injection, scopes))
    return plans


def _plan_body(route: Any) -> BodyPlan | None:
    field = route.body_field
    if field is None:
        return None
    is_form = isinstance(field.field_info, params.Form)
    return BodyPlan(
        encoding=BodyEncoding.FORM if is_form else BodyEncoding.JSON,
        field=field,
        is_embedded=route._embed_body_fields,
        strict_content_type=bool(unmarked(route.strict_content_type)),
        form_limits=dict(route.form_limits or {}),
    )


def _place(call: Any, operation: str) -> EndpointPlace:
    file, line = source_of(call) or ("", 0)
    return EndpointPlace(function=name_of(call), file=file, line=line, path=operation)


def _identifier(name: str) -> str:
    """A user's name for a callable as a name in generated code."""
    if name.isidentifier() and not keyword.iskeyword(name):
        return name
    return "call_" + re.sub(r"\W", "_", name).strip("_")
