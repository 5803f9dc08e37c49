"""This module serves one endpoint through the interpreter alone, as a custom `get_route_handler` does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from starlette.applications import Starlette
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient

from zonda.analysis.bodies import get_body_field, get_flat_body_params, should_embed_body_fields
from zonda.analysis.dependant import Dependant
from zonda.analysis.dependencies import get_dependant
from zonda.exception_handlers import request_validation_exception_handler
from zonda.exceptions import RequestValidationError
from zonda.interpreter import get_request_handler, get_websocket_app, request_response, websocket_session
from zonda.interpreter.handlers import Handler

HANDLERS: Any = {RequestValidationError: request_validation_exception_handler}


def handler_of(dependant: Dependant, **options: Any) -> Handler:
    """What `APIRoute.get_route_handler` returns for a dependant."""
    fields = get_flat_body_params(dependant)
    embed = should_embed_body_fields(fields)
    body_field = get_body_field(body_params=fields, name="test", embed_body_fields=embed)
    return get_request_handler(dependant, body_field=body_field, embed_body_fields=embed, **options)


def client_for(
    endpoint: Callable[..., Any], path: str = "/", *, raise_server_exceptions: bool = False, **options: Any
) -> TestClient:
    """A client for an application with this endpoint; errors become a 500 unless they are asked for."""
    route = Route(path, endpoint=endpoint, methods=["GET", "POST"])
    route.app = request_response(handler_of(get_dependant(path=path, call=endpoint), **options))
    app = Starlette(routes=[route], exception_handlers=HANDLERS)
    return TestClient(app, raise_server_exceptions=raise_server_exceptions)


def websocket_client_for(endpoint: Callable[..., Any], path: str = "/") -> TestClient:
    route = WebSocketRoute(path, endpoint=endpoint)
    route.app = websocket_session(get_websocket_app(get_dependant(path=path, call=endpoint)))
    return TestClient(Starlette(routes=[route]))
