"""This module keeps a signed cookie as `request.session`: Starlette's middleware in tests' time, and its wrap."""

from __future__ import annotations

from functools import update_wrapper
from typing import Any

import itsdangerous
import starlette.middleware.sessions

from zonda import clock
from zonda.middleware.through import Through
from zonda.seams import ASGIApp, Wrap

__all__ = ["SessionMiddleware", "wrap"]


class SessionMiddleware(starlette.middleware.sessions.SessionMiddleware):
    """Starlette's, whose cookies are as old as `zonda.clock` says."""

    def __init__(self, app: ASGIApp, secret_key: Any, *args: Any, **options: Any) -> None:
        super().__init__(app, secret_key, *args, **options)
        self.signer = _Signer(str(secret_key))


update_wrapper(SessionMiddleware.__init__, starlette.middleware.sessions.SessionMiddleware.__init__)  # its signature


class _Signer(itsdangerous.TimestampSigner):
    def get_timestamp(self) -> int:
        return int(clock.now().timestamp())


def wrap(middleware: starlette.middleware.sessions.SessionMiddleware) -> Wrap:
    return Through(middleware)
