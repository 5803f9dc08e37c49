"""Tests of the test client: it is Starlette's in all that a test can see, on both kinds of stage."""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import pytest
from starlette.testclient import TestClient as StarletteTestClient

from zonda import BackgroundTasks, Request, WebSocket, Zonda
from zonda.responses import StreamingResponse
from zonda.testclient import TestClient

Opened = Callable[..., Any]
place = contextvars.ContextVar("place", default="nowhere")


@contextmanager
def _without(client: Any) -> Iterator[Any]:
    yield client
    client.close()


@contextmanager
def _within(client: Any) -> Iterator[Any]:
    with client:
        yield client


@pytest.fixture(params=[TestClient, StarletteTestClient])
def kind(request: pytest.FixtureRequest) -> Any:
    """Every promise here is one of Starlette's client too."""
    return request.param


@pytest.fixture(params=[_without, _within])
def opened(request: pytest.FixtureRequest, kind: Any) -> Opened:
    """Makes a client that is used without `with`, or with it."""
    return lambda app, **options: request.param(kind(app, **options))


async def _raw(scope: Any, receive: Any, send: Any) -> None:
    """An application for the lifespan's sake; tests wrap it."""
    while True:
        message = await receive()
        await send({"type": message["type"] + ".complete"})
        if message["type"] == "lifespan.shutdown":
            return


def _application(answer: Callable[..., Any]) -> Any:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await (_raw if scope["type"] == "lifespan" else answer)(scope, receive, send)

    return app


START = {"type": "http.response.start", "status": 200, "headers": [(b"x-one", b"1"), (b"x-one", b"2")]}


def test_the_scope_is_starlettes() -> None:
    """An application is called with the same scope, byte for byte, whichever client asks."""
    seen: list[Any] = []

    async def answer(scope: Any, receive: Any, send: Any) -> None:
        seen.append({key: value for key, value in scope.items() if key != "asgi"})
        await send(START)
        await send({"type": "http.response.body", "body": b"ok"})

    for kind in (TestClient, StarletteTestClient):
        client = kind(_application(answer), base_url="https://shop.example:8443", root_path="/v1", cookies={"a": "b"})
        client.post("/a%20b/ü?q=1&q=%C3%A9", json={"x": 1}, headers={b"X-Name": b"Zo\xeb", b"X-Two": b"2"})
        client.get("http://other.example/", headers={"Host": "third.example"})

    assert seen[:2] == seen[2:]


def test_background_tasks_have_run_when_the_answer_is_there(opened: Opened) -> None:
    """A request returns after the application has ended, so that a test may look at what it left behind."""
    app, ran = Zonda(), []

    @app.get("/")
    async def read(tasks: BackgroundTasks) -> dict[str, int]:
        async def work() -> None:
            await asyncio.sleep(0)
            ran.append("worked")

        tasks.add_task(work)
        return {"a": 1}

    with opened(app) as client:
        assert client.get("/").json() == {"a": 1}
        assert ran == ["worked"]


def test_what_the_application_raises_reaches_the_test(opened: Opened) -> None:
    """The error itself is raised, or hidden behind a 500 where the test asks for that."""
    app = Zonda()

    @app.get("/")
    async def read() -> None:
        raise KeyError("lamp")

    with opened(app) as client, pytest.raises(KeyError, match="lamp"):
        client.get("/")
    with opened(app, raise_server_exceptions=False) as client:
        assert client.get("/").status_code == 500


def test_an_application_that_does_not_answer_is_a_mistake(opened: Opened) -> None:
    """A request without a response fails the test, in Starlette's words."""

    async def answer(scope: Any, receive: Any, send: Any) -> None:
        return None

    with opened(_application(answer)) as client, pytest.raises(AssertionError, match="did not receive any response"):
        client.get("/")


@pytest.mark.parametrize(
    ("messages", "mistake"),
    [
        ([START, START], "multiple"),
        ([{"type": "http.response.body"}], "without"),
        ([START, {"type": "http.response.body"}, {"type": "http.response.body"}], "after response completed"),
        ([START, {"type": "http.response.trailers"}], "without declaring trailers"),
        ([{**START, "trailers": True}, {"type": "http.response.trailers"}], "before body completed"),
    ],
)
def test_messages_out_of_order_are_refused(opened: Opened, messages: list[Any], mistake: str) -> None:
    """An application that breaks ASGI's order hears it."""

    async def answer(scope: Any, receive: Any, send: Any) -> None:
        for message in messages:
            await send(message)

    with opened(_application(answer)) as client, pytest.raises(AssertionError, match=mistake):
        client.get("/")


def test_a_stream_does_not_run_ahead_of_who_reads_it(opened: Opened) -> None:
    """An endless stream gives a piece when it is asked for, and is cancelled when its reader leaves."""
    app, ended = Zonda(), threading.Event()

    async def numbers() -> AsyncIterator[bytes]:
        number = 0
        try:
            while True:
                yield f"{number}\n".encode()
                number += 1
                await asyncio.sleep(0)
        finally:
            ended.set()

    @app.get("/")
    async def stream() -> StreamingResponse:
        return StreamingResponse(numbers())

    with opened(app) as client:
        with client.stream("GET", "/") as response:
            lines = response.iter_lines()
            assert [next(lines) for _ in range(5)] == ["0", "1", "2", "3", "4"]
        assert ended.wait(20)


def test_an_application_that_has_begun_to_answer_works_while_the_test_does(opened: Opened) -> None:
    """The head is there before the body, and what the test does then may be what the application waits for."""
    go_on = threading.Event()

    async def answer(scope: Any, receive: Any, send: Any) -> None:
        await send(START)
        await asyncio.to_thread(go_on.wait, 20)
        reached.set()
        await send({"type": "http.response.body", "body": b"late"})

    reached = threading.Event()
    with opened(_application(answer)) as client, client.stream("GET", "/") as response:
        assert response.headers.get_list("x-one") == ["1", "2"]
        go_on.set()
        assert reached.wait(20)
        assert response.read() == b"late"


def test_requests_see_the_context_of_the_test(opened: Opened) -> None:
    """A variable that a test sets is seen by the endpoint; what the endpoint sets is not seen by the test."""
    app = Zonda()

    @app.get("/")
    async def read() -> str:
        before = place.get()
        place.set("endpoint")
        return before

    with opened(app) as client:
        token = place.set("test")
        assert client.get("/").json() == "test"
        assert place.get() == "test"
        place.reset(token)


def test_tasks_end_with_their_loop(kind: Any) -> None:
    """Without `with` each request has a loop of its own: a task that it left is cancelled when the answer is there."""
    app, ended = Zonda(), threading.Event()

    @app.get("/")
    async def read() -> None:
        async def wait() -> None:
            try:
                await asyncio.Event().wait()
            finally:
                ended.set()

        app.state.task = asyncio.create_task(wait())
        await asyncio.sleep(0)

    kind(app).get("/")

    assert ended.is_set()


def test_lifespan_state_and_loop_are_those_of_the_requests(kind: Any) -> None:
    """Inside `with` requests run in the loop of the lifespan and see its state."""

    @asynccontextmanager
    async def lifespan(app: Zonda) -> AsyncIterator[dict[str, Any]]:
        yield {"loop": asyncio.get_running_loop()}

    app = Zonda(lifespan=lifespan)

    @app.get("/")
    async def read(request: Request) -> bool:
        return request.state.loop is asyncio.get_running_loop()

    with kind(app) as client:
        assert client.get("/").json() is True
    with kind(app) as client:
        assert client.get("/").json() is True


def test_a_client_works_inside_an_event_loop(kind: Any) -> None:
    """An asynchronous test may use it: the application then has a thread with a loop of its own."""
    app = Zonda()

    @app.get("/")
    async def read() -> int:
        return 1

    async def ask() -> Any:
        return kind(app).get("/").json()

    assert asyncio.run(ask()) == 1


def test_websockets_and_redirects_and_cookies_work_as_before(opened: Opened) -> None:
    """What is not a plain request is Starlette's client's."""
    app = Zonda()

    @app.websocket("/echo")
    async def echo(websocket: WebSocket) -> None:
        await websocket.accept()
        await websocket.send_text(await websocket.receive_text())
        await websocket.close()

    @app.get("/there/")
    async def there(request: Request) -> dict[str, str]:
        return request.cookies

    with opened(app) as client:
        client.cookies.set("a", "b")
        with client.websocket_connect("/echo") as websocket:
            websocket.send_text("hello")
            assert websocket.receive_text() == "hello"
        assert client.get("/there").json() == {"a": "b"}


def test_a_request_without_a_with_block_starts_no_thread() -> None:
    """What makes it fast: an answer that is there at once comes from the calling thread's own loop."""
    app, threads = Zonda(), []

    @app.get("/")
    async def read() -> None:
        threads.append(threading.current_thread())

    TestClient(app).get("/")

    assert threads == [threading.current_thread()]
