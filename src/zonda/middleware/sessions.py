"""This module keeps a signed cookie as `request.session`: Starlette's middleware, and its wrap."""

from __future__ import annotations

from starlette.middleware.sessions import SessionMiddleware

from zonda.middleware.through import Through
from zonda.seams import Wrap

__all__ = ["SessionMiddleware", "wrap"]


def wrap(middleware: SessionMiddleware) -> Wrap:
    return Through(middleware)
