"""This module checks overrides before they count: what they replace is used, and what they give can be called."""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Any

from starlette.routing import Mount

from zonda.analysis.calls import name_of
from zonda.analysis.dependant import Dependant
from zonda.analysis.mistakes import CatchAllReplacement, Mistake, NotCallable, NothingDependsOn, Place, within
from zonda.analysis.planning import replaced
from zonda.analysis.signatures import get_typed_signature
from zonda.analysis.tree import whole
from zonda.overrides import Layer, Overrides, overrides_of
from zonda.routing.app_scope import trees_of
from zonda.routing.contexts import iter_route_contexts

CATCH_ALL = {inspect.Parameter.VAR_POSITIONAL: "*", inspect.Parameter.VAR_KEYWORD: "**"}


class Overriding(AbstractContextManager["Overriding"]):
    """Overrides that count from the beginning of a block to its end."""

    def __init__(self, layer: Layer) -> None:
        self._layer = layer

    def __enter__(self) -> Overriding:
        self._layer.begin()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """End them before the block does, or where there is no block."""
        self._layer.end()


def checked_layer(app: Any, replacements: Overrides, *, mounted: bool) -> Layer:
    """Raises a Mistake for a key that nothing depends on, and for a replacement that cannot be called."""
    applications = [app, *mounted_below(app)] if mounted else [app]
    used = list(dependencies_of(applications, replacements))
    for dependency, replacement in replacements.items():
        uses = [item for item in used if item.call is dependency or item.call == dependency]
        if not uses:
            raise unused(dependency, used)
        check_replacement(dependency, replacement, uses)
    return Layer(applications, replacements)


def mounted_below(app: Any) -> Iterator[Any]:
    """The applications with overrides of their own that are mounted in this one, at any depth."""
    for context in iter_route_contexts(app.router.routes):
        inner = getattr(context.original_route, "_base_app", None)
        if isinstance(context.original_route, Mount) and hasattr(inner, "dependency_overrides"):
            yield inner
            yield from mounted_below(inner)


def dependencies_of(applications: Iterable[Any], replacements: Overrides) -> Iterator[Dependant]:
    """All that is called for the endpoints, and what replacements need in their turn."""
    applications = list(applications)
    in_force = [replacement for app in applications for replacement in overrides_of(app).items()]
    for app in applications:
        for tree in trees_of(app):
            for child in tree.dependencies:
                for item in whole(child):
                    yield item
                    for dependency, replacement in (*in_force, *replacements.items()):
                        if item.call is dependency and callable(replacement):
                            try:
                                yield from whole(replaced(item, {dependency: replacement}))
                            except Mistake:
                                continue  # said by `check_replacement`, or by whoever put it there


def unused(dependency: Any, used: Iterable[Dependant]) -> NothingDependsOn:
    by_name = {name_of(item.call): item.call for item in used if item.call is not None}
    close = difflib.get_close_matches(name_of(dependency), list(by_name), n=3, cutoff=0.5)
    near = "override one of these: " + "; ".join(str(Place.of(by_name[name])) for name in close or sorted(by_name))
    if not by_name:
        near = "declare it with `Depends(...)` in an endpoint, or resolve it first: there are no dependencies yet."
    mistake = NothingDependsOn(dependency=name_of(dependency), near=near)
    if callable(dependency):
        mistake.places.append(Place.of(dependency))
    return mistake


def check_replacement(dependency: Callable[..., Any], replacement: Any, uses: Iterable[Dependant]) -> None:
    """Its parameters are analysed at each place where it will stand."""
    if not callable(replacement):
        raise NotCallable(given=replacement)
    with within(replacement):
        for parameter in get_typed_signature(replacement).parameters.values():
            if parameter.kind in CATCH_ALL:
                raise CatchAllReplacement(
                    parameter=CATCH_ALL[parameter.kind] + parameter.name,
                    replacement=name_of(replacement),
                    dependency=name_of(dependency),
                )
    for use in uses:
        replaced(use, {dependency: replacement})
