"""The limit of the application around everything, as a wrap."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.background import BackgroundTask, BackgroundTasks
from starlette.middleware import Middleware
from starlette.requests import Request
from tests.middleware.forms import Answer, Client, run_wrap

from zonda.middleware.base import BaseHTTPMiddleware
from zonda.middleware.body_limit import RequestBodyLimitMiddleware
from zonda.middleware.wraps import wrap_of
from zonda.seams import Exchange, Head, Reply

pytestmark = pytest.mark.anyio

LIMIT = Middleware(RequestBodyLimitMiddleware, max_body_size=4)


async def echo(exchange: Exchange) -> Reply:
    return Reply(Head(200), await exchange.body())


async def post(dispatch: Any, *chunks: bytes, length: int | None = None) -> Answer:
    headers = () if length is None else ((b"content-length", b"%d" % length),)
    return await run_wrap(LIMIT, Client(method="POST", headers=headers, body=chunks), dispatch)


async def test_a_body_within_the_limit_passes() -> None:
    """The limit itself is allowed, however it arrives."""
    assert (await post(echo, b"12", b"34")).body == b"1234"
    assert (await post(echo, b"1234", length=4)).body == b"1234"


async def test_a_body_past_the_limit_is_413() -> None:
    """Counted while it is read when nobody said how long it would be, refused at once when the client did."""
    counted = await post(echo, b"12", b"34", b"5")
    declared = await post(echo, b"12345", length=5)

    assert (counted.status, counted.body) == (declared.status, declared.body) == (413, b"Content Too Large")


async def test_a_declared_length_is_refused_even_if_nobody_reads() -> None:
    """As in Starlette, the answer of a route that never looked at the body is replaced, and its tasks do not run."""
    ran: list[str] = []

    async def dispatch(exchange: Exchange) -> Reply:
        exchange.background = BackgroundTasks([BackgroundTask(ran.append, "task")])
        return Reply(Head(200), b"done")

    assert (await post(dispatch, b"12345", length=5)).status == 413
    assert ran == []


async def test_the_limit_of_the_route_wins() -> None:
    """A route may raise the limit or lower it; the value on the exchange counts."""

    def limited(limit: int) -> Any:
        async def dispatch(exchange: Exchange) -> Reply:
            exchange.max_body_size = limit
            return await echo(exchange)

        return dispatch

    assert (await post(limited(10), b"123456", length=6)).body == b"123456"
    assert (await post(limited(10), b"123456")).body == b"123456"
    assert (await post(limited(2), b"123", length=3)).status == 413
    assert (await post(limited(2), b"123")).status == 413


async def test_a_middleware_function_reads_under_the_limit_and_what_it_reads_counts_once() -> None:
    """A body that a function reads and the endpoint reads again is one body."""

    async def function(request: Request, call_next: Any) -> Any:
        await request.body()
        return await call_next(request)

    wrap = wrap_of(Middleware(BaseHTTPMiddleware, dispatch=function))
    assert wrap is not None

    async def dispatch(exchange: Exchange) -> Reply:
        return await wrap(exchange, echo)

    assert (await post(dispatch, b"12", b"34")).body == b"1234"
    assert (await post(dispatch, b"12", b"34", b"5")).status == 413
