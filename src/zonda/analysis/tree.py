"""This module walks a dependency tree as a request would: what is called once is met once.

What lives in the application reads nothing of a request, and is left out together with what it needs.
"""

from __future__ import annotations

from collections.abc import Iterator

from zonda.analysis.dependant import Dependant, UsesScopesCache, get_cache_key


def every(dependant: Dependant) -> Iterator[Dependant]:
    """The dependant, then all below it, each as often as it is needed."""
    waiting = [dependant]
    while waiting:
        item = waiting.pop()
        yield item
        waiting.extend(reversed([*of_request(item)]))


def walk(dependant: Dependant) -> Iterator[Dependant]:
    """The dependant, then all below it; of those with the same cache key only the first."""
    if not dependant.dependencies:  # most endpoints depend on nothing
        return iter((dependant,))
    known: UsesScopesCache = {}
    seen = set()

    def visit(item: Dependant) -> Iterator[Dependant]:
        seen.add(get_cache_key(dependant=item, uses_scopes_cache=known))
        yield item
        for child in of_request(item):
            if get_cache_key(dependant=child, uses_scopes_cache=known) not in seen:
                yield from visit(child)

    return visit(dependant)


def of_request(dependant: Dependant) -> Iterator[Dependant]:
    """The dependencies that are called for each request."""
    return (child for child in dependant.dependencies if child.scope != "app")


def whole(dependant: Dependant) -> Iterator[Dependant]:
    """The dependant and all below it, what lives in the application included."""
    waiting = [dependant]
    while waiting:
        item = waiting.pop()
        yield item
        waiting.extend(reversed(item.dependencies))
