"""This module gives the page of each route in `routes.py`."""

from __future__ import annotations

from typing import Any

from tests.compiler.routes import router
from zonda.analysis.planning import plan_route, plan_websocket
from zonda.compiler import responder_source, websocket_source
from zonda.routing import APIRoute, APIWebSocketRoute

ROUTES = {route.endpoint.__name__: route for route in router.routes if isinstance(route, (APIRoute, APIWebSocketRoute))}


def page_of(name: str) -> str:
    return page_of_route(ROUTES[name])


def page_of_route(route: Any) -> str:
    if isinstance(route, APIWebSocketRoute):
        return websocket_source(plan_websocket(route))
    return responder_source(plan_route(route))
