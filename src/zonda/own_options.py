"""This module holds what Zonda adds to FastAPI's options of applications, routers, inclusions and operations.

    Zonda(deadline=30)  ─▶  APIRouter(...)  ─▶  include_router(...)  ─▶  @router.get(...)

What is declared further in wins. An option that nobody set is not passed from one declaring method to the next, so
that applications and packages may override those methods with FastAPI's own signatures.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, TypedDict

from starlette.middleware import Middleware

from zonda.extensions import RouteOption, in_brackets

if TYPE_CHECKING:
    from zonda.domain_errors import ErrorTable


class OwnKeywords(TypedDict, total=False):
    """The options by the names under which users write them; None is not set."""

    deadline: float | None
    """Seconds from the start of a request after which its handler is cancelled and 504 answered."""
    cancel_on_disconnect: bool | None
    """The handler is cancelled when its client leaves."""
    errors: Mapping[type[Exception], Any] | None
    """Exceptions by class with the status that answers them, `NotFound: 404`, or `(status, model)`."""
    extensions: Sequence[RouteOption] | None
    """What batteries add to the routes, outermost first; those declared further out stand around them."""
    cache: RouteOption | None
    """How answers are kept for the next request."""
    limits: RouteOption | None
    """How much a client may ask for."""


class _Around(TypedDict, total=False):
    middleware: Sequence[Middleware] | None
    """What stands around these routes, outermost first."""
    exception_handlers: Mapping[int | type[Exception], Callable[[Any, Any], Any]] | None
    """What answers errors of these routes, by class or status."""


class RouterKeywords(_Around, OwnKeywords, total=False):
    """Those of a router and of its inclusions. An application has the first two in its own way."""


@dataclass(frozen=True, slots=True)
class OwnOptions:
    """The options at one place, or what they come to for one route."""

    deadline: float | None = None
    cancel_on_disconnect: bool | None = None
    errors: ErrorTable | None = None
    extensions: tuple[RouteOption, ...] | None = None
    cache: RouteOption | None = None
    limits: RouteOption | None = None

    def __post_init__(self) -> None:
        if self.deadline is not None and not self.deadline > 0:
            raise ValueError(f"deadline={self.deadline!r}: give a number of seconds above 0, or None for no deadline.")
        for option in self.route_options():
            if not isinstance(option, RouteOption) or isinstance(option, type):
                raise TypeError(
                    f"{option!r} is no route option: it has no `name`, or no method `analyse(route)`. "
                    "Pass an instance of a class that has both, as docs/extending.md shows."
                )
        refuse_twins(self.route_options())

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> OwnOptions:
        """Those among `options`, by their keywords."""
        given = {name: options[name] for name in NAMES if options.get(name) is not None}
        if "errors" in given:
            from zonda.domain_errors import ErrorTable

            given["errors"] = ErrorTable.of(given["errors"])
        if "extensions" in given:
            given["extensions"] = tuple(in_brackets("extensions", given["extensions"]))
        return cls(**given)

    def inside(self, outer: OwnOptions) -> OwnOptions:
        """What they come to where `outer` was declared further out."""
        if outer == NOTHING:
            return self
        nearer = {option.name for option in self.route_options()}
        return OwnOptions(
            deadline=outer.deadline if self.deadline is None else self.deadline,
            cancel_on_disconnect=(
                outer.cancel_on_disconnect if self.cancel_on_disconnect is None else self.cancel_on_disconnect
            ),
            errors=outer.errors if self.errors is None else self.errors.inside(outer.errors),
            extensions=(*_left(outer.extensions or (), nearer), *(self.extensions or ())) or None,
            cache=_nearest(self.cache, outer.cache, nearer),
            limits=_nearest(self.limits, outer.limits, nearer),
        )

    def route_options(self) -> tuple[RouteOption, ...]:
        """All that may add a step, outermost first: who may ask, then what was kept, then the rest."""
        named = tuple(option for option in (self.limits, self.cache) if option is not None)
        return (*named, *(self.extensions or ()))

    def keywords(self) -> dict[str, Any]:
        """Those that were set, by their keywords."""
        return {name: value for name in NAMES if (value := getattr(self, name)) is not None}


def refuse_twins(options: Sequence[RouteOption]) -> None:
    """Raise ValueError where two options at one place have one name, so that only one of them would count."""
    names = [option.name for option in options]
    for name in names:
        if names.count(name) > 1:
            raise ValueError(
                f"{names.count(name)} options at one place have the name {name!r}, and only one of a name counts. "
                "Give them names of their own."
            )


def _left(outer: Iterable[RouteOption], nearer: Collection[str]) -> tuple[RouteOption, ...]:
    """The outer options that no nearer one replaces, whichever keyword that one is given under."""
    return tuple(option for option in outer if option.name not in nearer)


def _nearest(own: RouteOption | None, outer: RouteOption | None, nearer: Collection[str]) -> RouteOption | None:
    if own is not None:
        return own
    return None if outer is None or outer.name in nearer else outer


NAMES = tuple(item.name for item in fields(OwnOptions))
NOTHING = OwnOptions()
