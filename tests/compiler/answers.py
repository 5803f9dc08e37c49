"""This module lets a route answer one request, with nothing around it but the exits and the 422."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable
from typing import Any

from zonda.analysis.planning import plan_route
from zonda.compiler import compile_responder
from zonda.encoders import jsonable_encoder
from zonda.exceptions import RequestValidationError
from zonda.routing import APIRoute
from zonda.seams import Reply, Responder
from zonda.transport.exchange import HttpExchange


def responder(route: APIRoute) -> Responder:
    return compile_responder(plan_route(route))


def exchange_of(
    *,
    query: bytes = b"",
    headers: Iterable[tuple[bytes, bytes]] = (),
    body: bytes = b"",
    path_values: dict[str, Any] | None = None,
    method: str = "GET",
) -> HttpExchange:
    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body}

    async def send(message: Any) -> None:
        raise AssertionError(f"A responder sends nothing by itself, but sent {message}")

    scope = {
        "type": "http",
        "method": method,
        "path": "/",
        "query_string": query,
        "headers": list(headers),
        "path_params": path_values or {},
        "app": None,
    }
    return HttpExchange(scope, receive, send)


async def respond(route: APIRoute, **request: Any) -> Reply:
    """The reply, after everything that the request opened was closed."""
    exchange = exchange_of(**request)
    try:
        reply = await responder(route)(exchange)
    except BaseException as error:
        await exchange.close(error)
        raise
    await exchange.finish(None)
    return reply


def answer(route: APIRoute, **request: Any) -> tuple[int, bytes]:
    """Status and content of a reply; a 422 has the list of errors as its content."""
    try:
        reply = asyncio.run(respond(route, **request))
    except RequestValidationError as error:
        return 422, json.dumps(jsonable_encoder(error.errors()), separators=(",", ":")).encode()
    return reply.head.status, reply.body
