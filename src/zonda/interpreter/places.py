"""This module says where an endpoint was written and how it was reached, for the text of validation errors."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

from starlette.requests import HTTPConnection

from zonda.analysis.dependant import Dependant
from zonda.exceptions import EndpointContext

_written: WeakKeyDictionary[Callable[..., Any], EndpointContext] = WeakKeyDictionary()


def endpoint_context(dependant: Dependant, connection: HTTPConnection) -> EndpointContext:
    """File, line and name of the endpoint, and its operation with the prefix that it is served under."""
    context: EndpointContext = {**written_at(dependant.call)}
    if dependant.path:
        prefix = connection.scope.get("root_path", "").rstrip("/")
        method = connection.scope.get("method", "WS")
        context["path"] = f"{method} {prefix}{dependant.path}"
    return context


def written_at(function: Any) -> EndpointContext:
    """File, line and name of a function; nothing for what has no source of its own (instances, partials, builtins)."""
    try:
        known = _written.get(function)
    except TypeError:  # neither hashable nor weakly referable: read again each time
        return _read(function)
    if known is None:
        known = _written[function] = _read(function)
    return known


def _read(function: Any) -> EndpointContext:
    try:
        file = inspect.getsourcefile(function)
        line = inspect.getsourcelines(function)[1]
        name = getattr(function, "__name__", None)
    except (TypeError, OSError):
        return {}
    if file is None or name is None:
        return {}
    return {"file": file, "line": line, "function": name}
