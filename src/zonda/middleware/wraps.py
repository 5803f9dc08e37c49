"""This module finds the form of a middleware that knows exchanges."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware

from zonda.seams import ASGIApp, Wrap

__all__ = ["is_known", "wrap_of"]

_KNOWN = {
    ("starlette.middleware.cors", "CORSMiddleware"): "zonda.middleware.cors",
    ("starlette.middleware.gzip", "GZipMiddleware"): "zonda.middleware.gzip",
    ("starlette.middleware.httpsredirect", "HTTPSRedirectMiddleware"): "zonda.middleware.httpsredirect",
    ("starlette.middleware.sessions", "SessionMiddleware"): "zonda.middleware.sessions",
    ("zonda.middleware.sessions", "SessionMiddleware"): "zonda.middleware.sessions",
    ("starlette.middleware.trustedhost", "TrustedHostMiddleware"): "zonda.middleware.trustedhost",
}
"""(module, class) to the module whose `wrap` makes the wrap; imported when the application uses it."""


def is_known(cls: object) -> bool:
    """Whether instances of this class have a wrap.

    Known are Starlette's classes and ours themselves, not subclasses, and BaseHTTPMiddleware with the subclasses that
    add to it, as long as their `__call__` is the one that Starlette wrote: monitoring tools replace it, and then it
    must be called.
    """
    if not isinstance(cls, type):
        return False
    if issubclass(cls, BaseHTTPMiddleware):
        return cls.__call__ is BaseHTTPMiddleware.__call__ and _is_original(BaseHTTPMiddleware)
    is_listed = (cls.__module__, cls.__name__) in _KNOWN
    return is_listed and getattr(sys.modules.get(cls.__module__), cls.__name__, None) is cls and _is_original(cls)


def wrap_of(middleware: Middleware | ASGIApp) -> Wrap | None:
    """The wrap of a middleware, None if only its ASGI form is to be trusted.

    Given the instance that stands in the application's stack, the wrap shares it; a declaration is built first, with
    nothing inside.
    """
    built: Any = middleware
    if isinstance(middleware, Middleware):
        built = middleware.cls(_nothing, *middleware.args, **middleware.kwargs)
    cls = type(built)
    if not is_known(cls):
        return None
    is_function = isinstance(built, BaseHTTPMiddleware)
    module = "zonda.middleware.base" if is_function else _KNOWN[cls.__module__, cls.__name__]
    wrap: Wrap = import_module(module).wrap(built)
    return wrap


def _is_original(cls: Any) -> bool:
    owner = next(base for base in cls.__mro__ if "__call__" in vars(base))
    call = cls.__call__
    return not hasattr(call, "__wrapped__") and getattr(call, "__globals__", {}).get("__name__") == owner.__module__


async def _nothing(scope: Any, receive: Any, send: Any) -> None:
    raise RuntimeError("This middleware was built to be wrapped around a dispatch, and has no application inside.")
