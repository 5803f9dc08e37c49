"""Observers hear of each request that was answered, once, with the same facts on every path."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from typing import Any

import pytest
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import PlainTextResponse, StreamingResponse

from tests.transport.wires import Wire
from zonda import APIRouter, BackgroundTasks, HTTPException, Observer, WebSocket, Zonda
from zonda.extensions import Finished
from zonda.testclient import TestClient
from zonda.transport.limits import Limits


class Noting:
    """Reads all that there is while it may."""

    def __init__(self) -> None:
        self.heard: list[dict[str, Any]] = []

    def observe(self, finished: Finished, /) -> None:
        assert finished.seconds >= 0
        self.heard.append(
            {
                "template": finished.template,
                "path": finished.path,
                "query": finished.query_string,
                "method": finished.method,
                "status": finished.status,
                "size": finished.size,
                "error": type(finished.error).__name__ if finished.error else None,
                "client": finished.client and finished.client[0],
                "version": finished.http_version,
            }
        )


class OnlyASGI:
    """A middleware that only speaks ASGI."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self.app(scope, receive, send)


def application(*observers: Observer, **options: Any) -> Zonda:
    app = Zonda(observers=observers, **options)
    router = APIRouter(prefix="/items")

    @router.get("/{item_id}")
    async def read_item(item_id: int) -> int:
        return item_id

    app.include_router(router, prefix="/v1")

    @app.get("/stream")
    async def stream() -> StreamingResponse:
        async def chunks() -> AsyncIterator[str]:
            yield "abc"
            yield "de"

        return StreamingResponse(chunks())

    @app.get("/broken")
    async def broken() -> None:
        raise ValueError("broken")

    @app.get("/refused")
    async def refused() -> None:
        raise HTTPException(403)

    @app.get("/own-500")
    async def own_500() -> PlainTextResponse:
        return PlainTextResponse("sorry", 500)

    inner = Zonda()

    @inner.get("/leaf")
    async def leaf() -> str:
        return "leaf"

    app.mount("/inner", inner)
    return app


async def natively(app: Any, request: bytes) -> None:
    await Wire(app).talk(request)


async def through_asgi(app: Any, request: bytes) -> None:
    app.add_middleware(OnlyASGI)
    await Wire(app).talk(request)


async def from_elsewhere(app: Any, request: bytes) -> None:
    """Another server calls the application."""
    method, target, _ = request.split(b" ", 2)
    path, _, query = target.partition(b"?")
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method.decode(),
        "path": path.decode(),
        "query_string": query,
        "headers": [(b"host", b"test")],
        "client": ("127.0.0.1", 5000),
    }

    messages = [{"type": "http.request", "body": b""}]

    async def receive() -> dict[str, Any]:
        return messages.pop() if messages else await asyncio.Future()

    async def send(message: Any) -> None: ...

    with suppress(ValueError):  # what nothing handled is raised again
        await app(scope, receive, send)


PATHS = {"native": natively, "asgi": through_asgi, "elsewhere": from_elsewhere}

WHAT = {
    "an operation": (b"GET", b"/v1/items/3?q=1", "/v1/items/{item_id}", 200, 1, None),
    "HEAD": (b"HEAD", b"/v1/items/3", "/v1/items/{item_id}", 405, 0, None),
    "422": (b"GET", b"/v1/items/x", "/v1/items/{item_id}", 422, None, None),
    "404": (b"GET", b"/nothing", None, 404, 22, None),
    "405": (b"POST", b"/stream", "/stream", 405, None, None),
    "a stream": (b"GET", b"/stream", "/stream", 200, 5, None),
    "an error": (b"GET", b"/broken", "/broken", 500, 21, "ValueError"),
    "a handled error": (b"GET", b"/refused", "/refused", 403, None, None),
    "a 500 of its own": (b"GET", b"/own-500", "/own-500", 500, 5, None),
    "mounted": (b"GET", b"/inner/leaf", "/inner/{path}", 200, 6, None),
    "a page": (b"GET", b"/docs", "/docs", 200, None, None),
}


@pytest.mark.parametrize("what", WHAT)
@pytest.mark.parametrize("way", PATHS)
def test_each_answer_is_told_once(way: str, what: str) -> None:
    """Template, path, status, bytes, error and client are the same, whoever called the application."""
    method, target, template, status, size, error = WHAT[what]
    observer = Noting()
    request = b"%b %b HTTP/1.1\r\nhost: test\r\n\r\n" % (method, target)

    asyncio.run(PATHS[way](application(observer), request))

    [heard] = observer.heard
    path, _, query = target.decode().partition("?")
    if size is None:
        heard["size"] = None
    assert heard == {
        "template": template,
        "path": path,
        "query": query.encode(),
        "method": method.decode(),
        "status": status,
        "size": size,
        "error": error,
        "client": "127.0.0.1",
        "version": "1.1",
    }


@pytest.mark.parametrize("way", PATHS)
def test_background_tasks_come_after_it(way: str) -> None:
    """A reply is finished with its last byte: no observer waits for what is done after that."""
    log: list[str] = []

    class Logging:
        def observe(self, finished: Finished, /) -> None:
            log.append("told")

    app = Zonda(observers=[Logging()])

    async def task() -> None:
        log.append("task")

    @app.get("/")
    async def endpoint(tasks: BackgroundTasks) -> None:
        tasks.add_task(task)

    asyncio.run(PATHS[way](app, b"GET / HTTP/1.1\r\nhost: test\r\n\r\n"))

    assert log == ["told", "task"]


def test_wraps_stay_native_and_are_seen_through() -> None:
    """What a middleware answers is told too; nothing was found for it."""
    observer = Noting()
    app = application(observer)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=["example.com"])

    asyncio.run(natively(app, b"GET /stream HTTP/1.1\r\nhost: test\r\n\r\n"))

    assert not isinstance(app.native_pipeline(), str)
    assert [(heard["template"], heard["status"]) for heard in observer.heard] == [(None, 400)]


def test_observers_that_fail_are_logged_and_break_nothing(caplog: pytest.LogCaptureFixture) -> None:
    """The reply is sent, the others are told."""

    class Failing:
        def observe(self, finished: Finished, /) -> None:
            raise KeyError("metric")

    observer = Noting()
    with caplog.at_level(logging.ERROR, logger="zonda"):
        answer = asyncio.run(answer_of(application(Failing(), observer), b"GET /stream HTTP/1.1\r\nhost: x\r\n\r\n"))

    assert answer.startswith(b"HTTP/1.1 200 OK")
    assert len(observer.heard) == 1
    [record] = [record for record in caplog.records if record.name == "zonda"]
    assert "failed at GET /stream" in record.getMessage()


async def answer_of(app: Any, request: bytes) -> bytes:
    return await Wire(app).talk(request)


@pytest.mark.parametrize("path", ["/waits", "/streams"])
def test_a_client_that_leaves_is_told_of(path: str) -> None:
    """Before a response was begun there is no status; after that what was sent is counted."""
    observer = Noting()
    app = Zonda(observers=[observer])
    left = asyncio.Event()

    @app.get("/waits")
    async def waits() -> None:
        await left.wait()

    @app.get("/streams")
    async def streams() -> StreamingResponse:
        async def chunks() -> AsyncIterator[str]:
            yield "abc"
            await left.wait()

        return StreamingResponse(chunks())

    async def run() -> None:
        wire = Wire(app)
        await wire.talk(b"GET %b HTTP/1.1\r\nhost: x\r\n\r\n" % path.encode())
        await wire.hang_up()
        left.set()
        await wire.settle()

    asyncio.run(run())

    [heard] = observer.heard
    assert (heard["status"], heard["size"]) == {"/waits": (None, 0), "/streams": (200, 3)}[path]


def test_what_is_no_request_is_not_told() -> None:
    """A refusal has no method and no path; the server's log has it."""
    observer = Noting()

    async def run() -> bytes:
        return await Wire(application(observer), limits=Limits(head_size=100)).talk(b"nonsense\r\n\r\n")

    assert asyncio.run(run()).startswith(b"HTTP/1.1 400")
    assert observer.heard == []


def test_a_mounted_application_tells_its_own_observers_too() -> None:
    """Each application speaks of its own routes: the outer one of the mount, the inner one of the leaf."""
    outer, inner_observer = Noting(), Noting()
    inner = Zonda(observers=[inner_observer])

    @inner.get("/leaf/{name}")
    async def leaf(name: str) -> str:
        return name

    app = Zonda(observers=[outer])
    app.mount("/inner", inner)

    for way in (natively, from_elsewhere):
        asyncio.run(way(app, b"GET /inner/leaf/x HTTP/1.1\r\nhost: x\r\n\r\n"))

    assert [heard["template"] for heard in outer.heard] == ["/inner/{path}"] * 2
    assert [heard["template"] for heard in inner_observer.heard] == ["/leaf/{name}"] * 2


def test_websockets_are_not_told() -> None:
    """They are no replies: an observer that counts requests does not count them."""
    observer = Noting()
    app = Zonda(observers=[observer])

    @app.websocket("/ws")
    async def ws(websocket: WebSocket) -> None:
        await websocket.accept()
        await websocket.close()

    with TestClient(app).websocket_connect("/ws"):
        pass

    assert observer.heard == []


def test_without_observers_nobody_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection without observers and access log answers as if there were no such thing."""

    async def run() -> tuple[Any, Callable[..., Any]]:
        wire = Wire(application())
        return wire.protocol.observers, wire.protocol._answer.__func__

    monkeypatch.setattr(logging.Logger, "hasHandlers", lambda logger: False)
    observers, answer = asyncio.run(run())

    assert observers is None
    assert answer.__name__ == "answer_natively"


def test_what_is_no_observer_is_refused() -> None:
    """Also a class in the place of its instance."""
    for given in (object(), Noting):
        with pytest.raises(TypeError, match=r"is no observer: it has no method `observe\(finished\)`"):
            Zonda(observers=[given])  # type: ignore[list-item]
