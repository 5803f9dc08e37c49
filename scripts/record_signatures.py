"""This script records the signatures of FastAPI's public callables in a table that tests compare ours with.

    python scripts/record_signatures.py > tests/tables/signatures.json

Run it where FastAPI is installed.
"""

from __future__ import annotations

import inspect
import json
import sys
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.datastructures import DefaultPlaceholder
from fastapi.routing import APIRoute, APIWebSocketRoute

OWNERS = {"Zonda": FastAPI, "APIRouter": APIRouter, "APIRoute": APIRoute, "APIWebSocketRoute": APIWebSocketRoute}
METHODS = {
    "Zonda": """__init__ get put post delete options head patch trace api_route add_api_route websocket
        add_api_websocket_route websocket_route include_router frontend middleware exception_handler on_event
        mount add_middleware add_exception_handler add_route route setup openapi build_middleware_stack
        url_path_for""",
    "APIRouter": """__init__ get put post delete options head patch trace api_route add_api_route websocket
        add_api_websocket_route websocket_route include_router frontend on_event add_event_handler add_route route
        mount url_path_for matches handle""",
    "APIRoute": "__init__ get_route_handler matches handle",
    "APIWebSocketRoute": "__init__ matches",
}


def described(default: Any) -> str:
    """A default in words that are the same for FastAPI and for Zonda."""
    if default is inspect.Parameter.empty:
        return "-"
    if isinstance(default, DefaultPlaceholder):
        return f"Default({getattr(default.value, '__name__', default.value)})"
    return getattr(default, "__name__", None) or repr(default)


def signature(function: Any) -> list[list[str]]:
    return [
        [item.name, item.kind.name, described(item.default)] for item in inspect.signature(function).parameters.values()
    ]


table = {
    owner: {name: signature(getattr(OWNERS[owner], name)) for name in names.split() if hasattr(OWNERS[owner], name)}
    for owner, names in METHODS.items()
}
owners = (
    f'  "{owner}": {{\n' + ",\n".join(f'    "{name}": {json.dumps(items)}' for name, items in methods.items()) + "\n  }"
    for owner, methods in table.items()
)
sys.stdout.write("{\n" + ",\n".join(owners) + "\n}\n")
