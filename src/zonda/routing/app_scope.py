"""This module opens what an application has one of around its lifespan: its dependencies with `scope="app"`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from zonda.overrides import overrides_of
from zonda.routing.contexts import iter_route_contexts
from zonda.routing.lifespan import LifespanContext

if TYPE_CHECKING:
    from zonda.analysis.dependant import Dependant


def with_app_scope(router: Any, lifespan: LifespanContext) -> LifespanContext:
    """A lifespan inside the application's values; the very one that was given where nothing declares any."""
    app = router.dependency_overrides_provider
    if not hasattr(type(app), "app_scope") or not any(app_scoped(trees_of(app))):
        return lifespan

    @asynccontextmanager
    async def opened(argument: Any) -> AsyncIterator[Any]:
        from zonda.analysis.planning import plan_app_dependency

        overrides = overrides_of(app)
        plans = [plan_app_dependency(item, overrides) for item in app_scoped(trees_of(app))]
        async with app.app_scope.running(plans), lifespan(argument) as state:
            yield state

    return opened


def trees_of(app: Any) -> Iterator[Dependant]:
    """The dependency trees of an application: of its routes, and of what it uses without a request."""
    from zonda.analysis.dependant import Dependant

    for routes in (app.router.routes, app.router._iter_low_priority_routes()):
        for context in iter_route_contexts(list(routes)):
            dependant = getattr(context._effective_route, "dependant", None)
            if isinstance(dependant, Dependant):
                yield dependant
    resolver = vars(app).get("resolver")
    if resolver is not None:
        yield from resolver.trees()


def app_scoped(trees: Iterable[Dependant]) -> Iterator[Dependant]:
    from zonda.analysis.tree import whole

    return (item for tree in trees for item in whole(tree) if item.scope == "app")
