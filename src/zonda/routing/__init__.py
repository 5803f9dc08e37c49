"""This module offers routers and routes: FastAPI's `routing`, with the functions that tools replace in it."""

import sys
from typing import TYPE_CHECKING

from starlette.routing import BaseRoute, Host, Match, Mount, NoMatchFound, Route, Router, WebSocketRoute, compile_path
from starlette.routing import get_name as get_name
from starlette.routing import replace_params as replace_params

from zonda.interpreter.replacements import watch
from zonda.late import late_names
from zonda.routing.contexts import (
    RouteContext,
    _EffectiveRouteContext,
    _iter_routes_with_context,
    _restore_fastapi_scope_key,
    _RouterIncludeContext,
    _update_scope,
    iter_route_contexts,
)
from zonda.routing.frontend import _FrontendRoute, _FrontendRouteGroup, _FrontendStaticFiles
from zonda.routing.included import _IncludedRouter, _iter_included_route_candidates
from zonda.routing.lifespan import (
    _AsyncLiftContextManager,
    _DefaultLifespan,
    _merge_lifespan_context,
    _wrap_gen_lifespan_context,
)
from zonda.routing.route import APIRoute, _effective_route_context_var
from zonda.routing.router import APIRouter
from zonda.routing.websocket_route import APIWebSocketRoute

if TYPE_CHECKING:
    from zonda.interpreter.dependencies import solve_dependencies
    from zonda.interpreter.handlers import get_request_handler, get_websocket_app
    from zonda.interpreter.results import run_endpoint_function, serialize_response
    from zonda.interpreter.sessions import request_response, websocket_session

__all__ = [
    "APIRoute",
    "APIRouter",
    "APIWebSocketRoute",
    "BaseRoute",
    "Host",
    "Match",
    "Mount",
    "NoMatchFound",
    "Route",
    "RouteContext",
    "Router",
    "WebSocketRoute",
    "_AsyncLiftContextManager",
    "_DefaultLifespan",
    "_EffectiveRouteContext",
    "_FrontendRoute",
    "_FrontendRouteGroup",
    "_FrontendStaticFiles",
    "_IncludedRouter",
    "_RouterIncludeContext",
    "_effective_route_context_var",
    "_iter_included_route_candidates",
    "_iter_routes_with_context",
    "_merge_lifespan_context",
    "_restore_fastapi_scope_key",
    "_update_scope",
    "_wrap_gen_lifespan_context",
    "compile_path",
    "get_request_handler",
    "get_websocket_app",
    "iter_route_contexts",
    "request_response",
    "run_endpoint_function",
    "serialize_response",
    "solve_dependencies",
    "websocket_session",
]

__getattr__, __dir__ = late_names(
    __name__,
    {
        "zonda.interpreter.dependencies": "solve_dependencies",
        "zonda.interpreter.handlers": "get_request_handler get_websocket_app",
        "zonda.interpreter.results": "run_endpoint_function serialize_response",
        "zonda.interpreter.sessions": "request_response websocket_session",
    },
)
watch(sys.modules[__name__])
