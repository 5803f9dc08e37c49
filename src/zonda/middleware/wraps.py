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
    ("starlette.middleware.trustedhost", "TrustedHostMiddleware"): "zonda.middleware.trustedhost",
    ("starlette.middleware.body_limit", "RequestBodyLimitMiddleware"): "zonda.middleware.body_limit",
}
"""(module, class) to the module whose `wrap` makes the wrap; imported when the application uses it."""


def wrap_of(middleware: Middleware | ASGIApp) -> Wrap | None:
    """The wrap of a middleware, None if only its ASGI form is to be trusted.

    Given the instance that stands in the application's stack, the wrap shares it; a declaration is built first, with
    nothing inside. Known are Starlette's classes themselves, not subclasses, as long as their `__call__` is the one
    that Starlette wrote: monitoring tools replace it, and then it must be called.
    """
    built: Any = middleware
    if isinstance(middleware, Middleware):
        built = middleware.cls(_nothing, *middleware.args, **middleware.kwargs)
    cls = type(built)
    if isinstance(built, BaseHTTPMiddleware):
        return _function_wrap(built)
    module = _KNOWN.get((cls.__module__, cls.__name__))
    if module is None or getattr(sys.modules.get(cls.__module__), cls.__name__, None) is not cls or _is_patched(cls):
        return None
    wrap: Wrap = import_module(module).wrap(built)
    return wrap


def is_known(cls: object) -> bool:
    """Whether `wrap_of` gives a wrap for instances of this class; asked before one is built."""
    if not isinstance(cls, type):
        return False
    if issubclass(cls, BaseHTTPMiddleware):
        return cls.__call__ is BaseHTTPMiddleware.__call__ and not _is_patched(BaseHTTPMiddleware)
    is_listed = (cls.__module__, cls.__name__) in _KNOWN
    return is_listed and getattr(sys.modules.get(cls.__module__), cls.__name__, None) is cls and not _is_patched(cls)


def _function_wrap(middleware: BaseHTTPMiddleware) -> Wrap | None:
    """For subclasses too, unless they have a way of their own to be called."""
    is_own = type(middleware).__call__ is not BaseHTTPMiddleware.__call__
    if is_own or _is_patched(BaseHTTPMiddleware):
        return None
    wrap: Wrap = import_module("zonda.middleware.base").wrap(middleware)
    return wrap


def _is_patched(cls: type[Any]) -> bool:
    call = cls.__call__
    return hasattr(call, "__wrapped__") or getattr(call, "__globals__", {}).get("__name__") != cls.__module__


async def _nothing(scope: Any, receive: Any, send: Any) -> None:
    raise RuntimeError("This middleware was built to be wrapped around a dispatch, and has no application inside.")
