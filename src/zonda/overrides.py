"""This module keeps the dependency overrides of one context: `with app.overrides({get_db: fake_db})`.

    layer ── layer ── ...     in a context variable, the innermost last; the others' tasks do not see them

`app.dependency_overrides` stays what everybody sees. While no layer lives anywhere, it is all that is looked at.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Mapping
from contextvars import ContextVar, Token
from typing import Any

from zonda.changes import declared

Overrides = Mapping[Callable[..., Any], Callable[..., Any]]


class Layer:
    """The replacements of one block, for some applications."""

    def __init__(self, applications: Collection[Any], replacements: Overrides) -> None:
        self.applications = tuple(applications)
        self.replacements = dict(replacements)
        self.is_live = False
        self._token: Token[tuple[Layer, ...]] | None = None

    def begin(self) -> None:
        """Let it count in this context, and in those that are copied from it."""
        if self.is_live:
            raise RuntimeError("These overrides are in force already. Call `app.overrides(...)` for each block.")
        self.is_live = True
        self._token = _layers.set((*_layers.get(), self))
        _living.add(1)

    def end(self) -> None:
        """Let it count nowhere, in whichever context this is called."""
        if not self.is_live:
            return
        self.is_live = False
        if self._token is not None:
            try:
                _layers.reset(self._token)
            except ValueError:  # a fixture may begin in one context and end in another
                _layers.set(tuple(layer for layer in _layers.get() if layer is not self))
        _living.add(-1)


class _Living:
    """How many layers live, in all contexts. Targets ask again whom to ask when this begins and ends."""

    def __init__(self) -> None:
        self.count = 0
        self._lock = threading.Lock()

    def add(self, change: int) -> None:
        with self._lock:
            self.count += change
        declared.note()


_layers: ContextVar[tuple[Layer, ...]] = ContextVar("zonda_overrides", default=())
_living = _Living()


def overrides_of(provider: Any) -> Overrides:
    """What replaces dependencies of this application here and now."""
    if provider is None:
        return {}
    everywhere: Overrides = provider.dependency_overrides
    if not _living.count:
        return everywhere
    here = [
        layer.replacements
        for layer in _layers.get()
        if layer.is_live and any(application is provider for application in layer.applications)
    ]
    if not here:
        return everywhere
    merged = dict(everywhere)
    for replacements in here:
        merged |= replacements
    return merged


class _InContext:
    """A provider whose `dependency_overrides` are those of the context that asks."""

    __slots__ = ("provider",)

    def __init__(self, provider: Any) -> None:
        self.provider = provider

    @property
    def dependency_overrides(self) -> Overrides:
        return overrides_of(self.provider)


def provider_to_ask(provider: Any) -> Any:
    """Whom a request asks for overrides: the application itself as long as no layer lives."""
    return _InContext(provider) if provider is not None and _living.count else provider
