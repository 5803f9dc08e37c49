"""This module holds what Zonda adds to FastAPI's options of applications, routers, inclusions and operations.

    Zonda(deadline=30)  ─▶  APIRouter(...)  ─▶  include_router(...)  ─▶  @router.get(...)

What is declared further in wins. An option that nobody set is not passed from one declaring method to the next, so
that applications and packages may override those methods with FastAPI's own signatures.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, TypedDict


class OwnKeywords(TypedDict, total=False):
    """The options by the names under which users write them; None is not set."""

    deadline: float | None
    """Seconds from the start of a request after which its handler is cancelled and 504 answered."""
    cancel_on_disconnect: bool | None
    """The handler is cancelled when its client leaves."""


@dataclass(frozen=True, slots=True)
class OwnOptions:
    """The options at one place, or what they come to for one route."""

    deadline: float | None = None
    cancel_on_disconnect: bool | None = None

    def __post_init__(self) -> None:
        if self.deadline is not None and not self.deadline > 0:
            raise ValueError(f"deadline={self.deadline!r}: give a number of seconds above 0, or None for no deadline.")

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> OwnOptions:
        """Those among `options`, by their keywords."""
        return cls(**{name: options[name] for name in NAMES if options.get(name) is not None})

    def inside(self, outer: OwnOptions) -> OwnOptions:
        """What they come to where `outer` was declared further out."""
        if outer == NOTHING:
            return self
        return OwnOptions(
            deadline=outer.deadline if self.deadline is None else self.deadline,
            cancel_on_disconnect=(
                outer.cancel_on_disconnect if self.cancel_on_disconnect is None else self.cancel_on_disconnect
            ),
        )

    def keywords(self) -> dict[str, Any]:
        """Those that were set, by their keywords."""
        return {name: value for name in NAMES if (value := getattr(self, name)) is not None}


NAMES = tuple(item.name for item in fields(OwnOptions))
NOTHING = OwnOptions()
