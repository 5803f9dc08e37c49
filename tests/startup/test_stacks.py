"""A package solves dependencies by hand, with the request of a compiled route: what it opened is closed in time."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import AsyncExitStack
from typing import Any

import pytest

from tests.transport.pipelines import Foreign
from tests.transport.wires import converse, statuses
from zonda import Depends, HTTPException, Request, WebSocket, Zonda
from zonda.analysis.dependencies import get_dependant
from zonda.interpreter import stacks
from zonda.interpreter.dependencies import solve_dependencies
from zonda.responses import StreamingResponse
from zonda.testclient import TestClient

PATHS = pytest.mark.parametrize("path", [lambda app: app, Foreign], ids=["native", "asgi"])
GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"


@pytest.fixture(autouse=True)
def _wanted() -> Iterator[None]:
    """As after `from fastapi.dependencies.utils import solve_dependencies`."""
    before = stacks.wanted.count
    stacks.want()
    yield
    stacks.wanted.count = before


class Log(list[str]):
    """What happened, in order; the dependencies write it."""

    def opening(self, name: str) -> Any:
        async def opened() -> AsyncGenerator[str]:
            self.append(f"+{name}")
            try:
                yield name
            except BaseException as error:
                self.append(f"{name}: {type(error).__name__}")
                raise
            finally:
                self.append(f"-{name}")

        return opened

    async def solve(self, request: Any) -> dict[str, Any]:
        """What a package does."""

        of_request = Depends(self.opening("request"))
        of_function = Depends(self.opening("function"), scope="function")

        def asked(a: Any = of_request, b: Any = of_function) -> None: ...

        solved = await solve_dependencies(
            request=request,
            dependant=get_dependant(path="/", call=asked),
            async_exit_stack=request.scope["fastapi_inner_astack"],
            embed_body_fields=False,
        )
        request.scope["fastapi_middleware_astack"].callback(self.append, "-files")
        return solved.values


def solving(log: Log, *, failing: bool = False) -> Zonda:
    app = Zonda()
    of_route = Depends(log.opening("own"))

    @app.get("/")
    async def read(request: Request, own: str = of_route) -> Any:
        assert await log.solve(request) == {"a": "request", "b": "function"}
        if failing:
            raise HTTPException(418)

        async def content() -> AsyncIterator[str]:
            log.append("sent")
            yield "x"

        return StreamingResponse(content())

    @app.websocket("/")
    async def talk(websocket: WebSocket) -> None:
        await log.solve(websocket)
        await websocket.accept()
        await websocket.close()

    return app


@PATHS
@pytest.mark.parametrize("has_function", [False, True], ids=["bare", "behind a function"])
def test_what_was_opened_by_hand_is_closed_as_in_fastapi(path: Any, has_function: bool) -> None:
    """The function's before the reply is sent; the request's after it, before what the route opened earlier."""
    log = Log()
    app = solving(log)
    if has_function:
        app.middleware("http")(lambda request, call_next: call_next(request))

    answer, _ = converse(path(app), GET)

    assert statuses(answer) == [200]
    assert log == ["+own", "+request", "+function", "-function", "sent", "-request", "-own", "-files"]


@PATHS
def test_an_error_of_the_endpoint_is_seen_by_what_was_opened_by_hand(path: Any) -> None:
    """All of it is left because of the error, innermost first, before the error is answered."""
    log = Log()

    answer, _ = converse(path(solving(log, failing=True)), GET)

    assert statuses(answer) == [418]
    left = [each for name in ("function", "request", "own") for each in (f"{name}: HTTPException", f"-{name}")]
    assert log == ["+own", "+request", "+function", *left, "-files"]


def test_an_error_while_the_function_scope_is_closed_is_answered() -> None:
    """What closing raises is the error of the route: nothing was sent yet."""

    async def refuse() -> None:
        raise HTTPException(409)

    app = Zonda()

    @app.get("/")
    async def read(request: Request) -> str:
        request.scope["fastapi_function_astack"].push_async_callback(refuse)
        return "never sent"

    assert TestClient(app).get("/").status_code == 409


def test_a_websocket_has_the_stacks() -> None:
    """A websocket's are closed after its endpoint, the function's first."""
    log = Log()

    with TestClient(solving(log)).websocket_connect("/"):
        pass

    assert log == ["+request", "+function", "-function", "-request", "-files"]


def test_a_route_that_was_compiled_before_has_them_too() -> None:
    """The function may be handed out late: what was compiled by then is compiled again."""
    stacks.wanted.count = 0
    app = Zonda()

    @app.get("/")
    def read(request: Request) -> bool:
        return isinstance(request.scope.get("fastapi_inner_astack"), AsyncExitStack)

    client = TestClient(app)
    assert client.get("/").json() is False

    stacks.want()

    assert client.get("/").json() is True
