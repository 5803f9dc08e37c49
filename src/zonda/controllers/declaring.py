"""This module holds the decorators of a controller's methods: they note an operation, and leave the method as it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from typing_extensions import Unpack

from zonda.operations import Decorator, Endpoint, Operations, RouteOptions, operation
from zonda.params import Depends

_NOTES = "__zonda_declared__"


@dataclass(frozen=True, slots=True)
class Declared:
    """What one decorator said: a method of APIRouter, and what it is called with."""

    declare: str
    path: str
    options: dict[str, Any]


def declared_on(member: Any) -> tuple[Declared, ...]:
    """What the decorators said of a member of a class, in the order in which they are written."""
    function = member.__func__ if isinstance(member, (staticmethod, classmethod)) else member
    found: tuple[Declared, ...] = getattr(member, _NOTES, ()) or getattr(function, _NOTES, ())
    return found


def _noting(said: Declared) -> Decorator:
    def decorate(method: Endpoint) -> Endpoint:
        try:
            setattr(method, _NOTES, (said, *declared_on(method)))
        except AttributeError:
            raise TypeError(
                f"The operation {said.path!r} is declared on a {type(method).__name__}, which nothing can call. "
                "Write the decorator above `def name(self, ...)`."
            ) from None
        return method

    return decorate


class _Declaring(Operations):
    """The decorators of an application, for methods that are no endpoints yet."""

    @operation(RouteOptions)
    def api_route(self, path: str, **options: Unpack[RouteOptions]) -> Decorator:
        """Answer `methods` at `path` with the decorated method."""
        return _noting(Declared("api_route", path, {**options}))

    def websocket(
        self, path: str, name: str | None = None, *, dependencies: Sequence[Depends] | None = None
    ) -> Decorator:
        """Give websockets at `path` to the decorated method."""
        return _noting(Declared("websocket", path, {"name": name, "dependencies": dependencies}))


_declaring = _Declaring()
api_route = _declaring.api_route
get = _declaring.get
put = _declaring.put
post = _declaring.post
delete = _declaring.delete
options = _declaring.options
head = _declaring.head
patch = _declaring.patch
trace = _declaring.trace
query = _declaring.query
websocket = _declaring.websocket
