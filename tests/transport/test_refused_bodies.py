"""A reply that gives way to a 413: nobody read the body, and `content-length` says that it is too large."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable
from typing import Any

import pytest
from starlette.responses import Response, StreamingResponse

from tests.runtime.exchanges import exchange_with
from zonda import APIRouter, BackgroundTasks, Depends, HTTPException, Request, Zonda
from zonda.routing import APIRoute
from zonda.seams import Head, Reply
from zonda.transport.refused_bodies import within_limit

from .pipelines import Foreign
from .wires import converse, statuses

LIMITS = pytest.mark.parametrize("outside", [False, True], ids=["route", "application"])
ALONE = "_RequestBodyLimitResponseSent"
TOO_LARGE = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\nsecret"


class OwnRoute(APIRoute):
    """A class with a handler of its own, which is asked step by step."""

    def get_route_handler(self) -> Callable[[Request], Any]:
        handler = super().get_route_handler()

        async def handle(request: Request) -> Any:
            return await handler(request)

        return handle


class OwnResponse(Response):
    """A class that sends itself in a way of its own."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await super().__call__(scope, receive, send)


async def letters() -> AsyncIterator[bytes]:
    yield b"a"


def refusing(endpoint: Any, *, outside: bool, route_class: type[APIRoute] = APIRoute) -> Zonda:
    """An application whose only route has a limit of five bytes, of its own or of the application."""
    limit: dict[str, Any] = {"max_body_size": 5}
    app = Zonda(**(limit if outside else {}))
    router = APIRouter(route_class=route_class)
    router.post("/", **({} if outside else limit))(endpoint)
    app.include_router(router)
    return app


@pytest.mark.anyio
async def test_a_stream_that_is_not_sent_is_closed() -> None:
    """A reply whose request turns out to be too large gives way to a 413, and its stream is closed."""
    closed = []

    async def rows() -> AsyncGenerator[bytes]:
        try:
            yield b"first"
            yield b"second"
        finally:
            closed.append("rows")

    stream = rows()
    assert await anext(stream) == b"first"
    exchange = exchange_with(headers=[(b"content-length", b"6")])
    exchange.max_body_size = 5

    refused = await within_limit(exchange, Reply(Head(200), stream=stream))

    assert refused.head.status == 413
    assert closed == ["rows"]


@LIMITS
@pytest.mark.parametrize("door", [lambda app: app, Foreign], ids=["native", "asgi"])
@pytest.mark.parametrize("route_class", [APIRoute, OwnRoute])
@pytest.mark.parametrize(
    ("make", "error"),
    [
        (dict, ALONE),
        (OwnResponse, ALONE),
        (lambda: StreamingResponse(letters()), "ExceptionGroup"),
    ],
    ids=["value", "own response", "stream"],
)
def test_exits_see_what_starlettes_limit_raises(
    make: Callable[[], Any], error: str, route_class: type[APIRoute], door: Any, outside: bool
) -> None:
    """The 413 is sent, tasks are dropped, request-scoped exits are left with the limit's error, and nobody is told."""
    seen: list[str] = []

    async def session() -> AsyncIterator[None]:
        try:
            yield
        except Exception as raised:
            seen.append(type(raised).__name__)
            raise

    async def ignores(tasks: BackgroundTasks, opened: None = Depends(session)) -> Any:
        tasks.add_task(seen.append, "task")
        return make()

    answer, is_closed = converse(door(refusing(ignores, outside=outside, route_class=route_class)), TOO_LARGE)

    assert statuses(answer) == [413]
    assert answer.endswith(b"Content Too Large")
    assert not is_closed
    assert seen == [error]


@LIMITS
@pytest.mark.parametrize(
    ("leave", "logged"),
    [
        (lambda: None, "FastAPIError: Response not awaited."),
        (lambda: ValueError("broken"), "ValueError: broken"),
        (lambda: HTTPException(418), "RuntimeError: Caught handled exception, but response already started."),
    ],
    ids=["swallows", "fails", "answers"],
)
def test_what_an_exit_makes_of_the_error_is_reported(
    leave: Callable[[], Exception | None], logged: str, outside: bool, caplog: pytest.LogCaptureFixture
) -> None:
    """The 413 was sent by then: a dependency that swallows or replaces the limit's error fails late."""

    async def session() -> AsyncIterator[None]:
        try:
            yield
        except Exception:  # noqa: BLE001  (as broad as in the programs of users)
            raised = leave()
            if raised is not None:
                raise raised from None

    async def ignores(opened: None = Depends(session)) -> None:
        """Reads nothing."""

    answer, _ = converse(refusing(ignores, outside=outside), TOO_LARGE)

    assert statuses(answer) == [413]
    assert logged in caplog.text


@LIMITS
@pytest.mark.parametrize("make", [dict, OwnResponse, lambda: StreamingResponse(letters())])
@pytest.mark.parametrize("route_class", [APIRoute, OwnRoute])
def test_a_function_around_it_does_not_turn_a_413_into_a_500(
    make: Callable[[], Any], route_class: type[APIRoute], outside: bool
) -> None:
    """Behind a middleware function the client reads 413; under the application's limit exits are cancelled."""
    seen: list[str] = []

    async def session() -> AsyncIterator[None]:
        try:
            yield
        except BaseException as raised:
            seen.append(type(raised).__name__)
            raise

    async def ignores(opened: None = Depends(session)) -> Any:
        return make()

    app = refusing(ignores, outside=outside, route_class=route_class)

    @app.middleware("http")
    async def through(request: Request, call_next: Any) -> Any:
        response = await call_next(request)
        seen.append(response.status_code)
        return response

    answer, _ = converse(app, TOO_LARGE)

    assert statuses(answer) == [413]
    assert seen[0] == (200 if outside else 413)
    assert len(seen) == 2
    if make is not dict:
        return
    assert seen[1] == ("CancelledError" if outside else ALONE)
