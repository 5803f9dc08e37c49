"""This module holds the dependency tree of a route as packages know it: a plain object that may be edited.

Plans are frozen from it. Each change is counted, so that a route whose tree was edited is planned anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import MISSING, dataclass, field, fields
from functools import wraps
from typing import TYPE_CHECKING, Any

from zonda.analysis.calls import is_generator
from zonda.analysis.signatures import underlying
from zonda.changes import ObservedList, declared
from zonda.security.base import SecurityBase
from zonda.types import DependencyCacheKey, DependencyScope

if TYPE_CHECKING:
    from zonda.analysis.fields import ModelField
    from zonda.concurrency.dependency_limit import DependencyLimit


class _Watched:
    """What a dependant knows beside its fields."""

    __slots__ = ("is_watched", "version")

    version: int
    is_watched: bool


@dataclass(slots=True)
class Dependant(_Watched):
    """A callable with its parameters by source and its sub-dependencies."""

    path_params: list[ModelField] = field(default_factory=list)
    query_params: list[ModelField] = field(default_factory=list)
    header_params: list[ModelField] = field(default_factory=list)
    cookie_params: list[ModelField] = field(default_factory=list)
    body_params: list[ModelField] = field(default_factory=list)
    dependencies: list[Dependant] = field(default_factory=list)
    name: str | None = None
    call: Callable[..., Any] | None = None
    request_param_name: str | None = None
    websocket_param_name: str | None = None
    http_connection_param_name: str | None = None
    response_param_name: str | None = None
    background_tasks_param_name: str | None = None
    security_scopes_param_name: str | None = None
    own_oauth_scopes: list[str] | None = None
    parent_oauth_scopes: list[str] | None = None
    use_cache: bool = True
    path: str | None = None
    scope: DependencyScope | None = None
    concurrency: DependencyLimit | None = None
    parallel: bool | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "version", 0)
        object.__setattr__(self, "is_watched", False)

    def __setattr__(self, name: str, value: Any) -> None:
        if isinstance(value, list) and not (isinstance(value, DependantList) and value.owner is self):
            value = DependantList(value, self)
        object.__setattr__(self, name, value)
        self.note_change()

    def note_change(self) -> None:
        if not hasattr(self, "version"):  # while it is being made
            return
        object.__setattr__(self, "version", self.version + 1)
        if self.is_watched:
            declared.note()

    def watch(self) -> None:
        """From now on tell `zonda.changes.declared` about changes in this tree: a plan was frozen from it."""
        object.__setattr__(self, "is_watched", True)
        for item in self.dependencies:
            item.watch()

    def tree_version(self) -> int:
        """A number that grows with every change of this dependant or of one below it."""
        return self.version + sum(item.tree_version() for item in self.dependencies)


_MADE_ANEW = object()
"""Stands for the default of the fields that are lists."""


def _quick_constructor() -> Callable[..., None]:
    """The constructor of Dependant, by its slots: what is not yet there cannot change, so nothing is counted.

    PERF: a large application makes tens of thousands; FastAPI's case `dependency graph` notices.
    """
    generated = Dependant.__init__
    defaults = {item.name: _MADE_ANEW if item.default is MISSING else item.default for item in fields(Dependant)}
    setters = [getattr(Dependant, name).__set__ for name in defaults]
    set_version, set_watched = _Watched.version.__set__, _Watched.is_watched.__set__  # type: ignore[attr-defined,misc]

    @wraps(generated)
    def __init__(self: Dependant, *positional: Any, **named: Any) -> None:  # noqa: N807
        values = {**defaults, **named}
        if positional or len(values) != len(defaults):
            generated(self, *positional, **named)
            return
        for set_slot, value in zip(setters, values.values(), strict=True):
            if value is _MADE_ANEW:
                value = DependantList((), self)
            elif isinstance(value, list):
                value = DependantList(value, self)
            set_slot(self, value)
        set_version(self, 0)
        set_watched(self, False)

    return __init__


class DependantList(ObservedList[Any]):
    """A list of a dependant, which tells it about every change."""

    __slots__ = ("owner",)

    def __init__(self, items: Iterable[Any], owner: Dependant) -> None:
        super().__init__(items)
        self.owner = owner

    def note_change(self) -> None:
        self.owner.note_change()

    def __reduce__(self) -> tuple[Any, ...]:
        return list, (list(self),)


Dependant.__init__ = _quick_constructor()  # type: ignore[method-assign]

UsesScopesCache = dict[int, tuple[Dependant, bool]]
"""Answers of `uses_scopes` for one walk over a tree; the dependant is kept so that its id stays its own."""


def is_security_scheme(*, dependant: Dependant) -> bool:
    return isinstance(underlying(dependant.call), SecurityBase)


def get_security_scheme(*, dependant: Dependant) -> SecurityBase:
    scheme = underlying(dependant.call)
    assert isinstance(scheme, SecurityBase)
    return scheme


def get_oauth_scopes(*, dependant: Dependant) -> list[str]:
    """The scopes from the outermost `Security` inward; only its own are told apart from those before."""
    scopes = list(dependant.parent_oauth_scopes or ())
    scopes += [scope for scope in dict.fromkeys(dependant.own_oauth_scopes or ()) if scope not in scopes]
    return scopes


def uses_scopes(*, dependant: Dependant, cache: UsesScopesCache | None = None) -> bool:
    """Its value may depend on the scopes asked for: of itself or of something below it."""
    known = cache.get(id(dependant)) if cache is not None else None
    if known is not None:
        return known[1]
    answer = (
        bool(dependant.own_oauth_scopes)
        or dependant.security_scopes_param_name is not None
        or is_security_scheme(dependant=dependant)
        or any(uses_scopes(dependant=item, cache=cache) for item in dependant.dependencies)
    )
    if cache is not None:
        cache[id(dependant)] = (dependant, answer)
    return answer


def get_computed_scope(*, dependant: Dependant) -> DependencyScope | None:
    """When a generator is closed; others have a scope only if it was given, or if they live below an app-scoped one."""
    if dependant.scope:
        return dependant.scope
    return "request" if is_generator(dependant.call) else None


def get_cache_key(*, dependant: Dependant, uses_scopes_cache: UsesScopesCache | None = None) -> DependencyCacheKey:
    """Dependencies with equal keys are called once in a request."""
    scopes: tuple[str, ...] = ()
    if uses_scopes(dependant=dependant, cache=uses_scopes_cache):
        scopes = tuple(sorted(set(get_oauth_scopes(dependant=dependant))))
    return dependant.call, scopes, get_computed_scope(dependant=dependant) or ""
