"""A middleware that reads a body beyond `max_body_size`: who answers 413, and what stands around the answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest

from zonda import Request, Response, Zonda
from zonda.testclient import TestClient

TEXT = "Content Too Large"
DETAIL = '{"detail":"Content Too Large"}'


class Marking:
    """Only known as ASGI; every head that passes gets a field."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        async def mark(message: Any) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (b"x-marked", b"yes")]
            await send(message)

        await self.app(scope, receive, mark)


async def read_first(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
    await request.body()
    return await call_next(request)


def reading(limit: int | None, *, marked: str | None) -> Zonda:
    """An application with a function that reads, and what marks inside or outside of it."""
    app = Zonda(max_body_size=limit)
    if marked == "inside":
        app.add_middleware(Marking)
    app.middleware("http")(read_first)
    if marked == "outside":
        app.add_middleware(Marking)
    app.post("/")(lambda: None)
    return app


def mounted(inner: Zonda, limit: int | None, *, is_marked: bool = False) -> Zonda:
    app = Zonda(max_body_size=limit)
    app.mount("/inner", inner)
    if is_marked:
        app.add_middleware(Marking)
    return app


def in_pieces() -> Iterator[bytes]:
    yield b"three"
    yield b"more"


def refused(app: Zonda, path: str = "/") -> tuple[str, bool]:
    """The content of the 413 for a body whose length nobody said, and whether its head was marked."""
    response = TestClient(app).post(path, content=in_pieces())
    assert response.status_code == 413
    return response.text, "x-marked" in response.headers


@pytest.mark.parametrize("marked", [None, "inside", "outside"])
def test_an_applications_limit_answers_outside_all_its_middleware(marked: str | None) -> None:
    """As in FastAPI, the 413 for what a function read passes no middleware of the application."""
    assert refused(reading(5, marked=marked)) == (TEXT, False)


@pytest.mark.parametrize("marked", [None, "inside", "outside"])
@pytest.mark.parametrize("limit", [None, 5, 50])
def test_a_mounted_application_answers_for_the_limit_around_it(marked: str | None, limit: int | None) -> None:
    """As in FastAPI, an error of the outer counter is JSON, sent outside the mounted application's middleware."""
    inner = reading(limit, marked=marked)
    if limit == 50:  # the nearest limit counts
        assert TestClient(mounted(inner, 5)).post("/inner/", content=in_pieces()).status_code == 200
        return

    assert refused(mounted(inner, 5), "/inner/") == (DETAIL, False)
    assert refused(mounted(inner, 5, is_marked=True), "/inner/") == (DETAIL, True)


def test_a_mounted_applications_own_limit_counts_alone() -> None:
    """Where nothing outside counts, a mounted application answers as one that is not mounted."""
    assert refused(mounted(reading(5, marked="outside"), None), "/inner/") == (TEXT, False)


def test_an_answer_that_began_is_not_answered_again() -> None:
    """A middleware that reads on after its response began fails with the limit's error; nothing more is sent."""

    class Late:
        def __init__(self, app: Any) -> None:
            self.app = app

        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            await send({"type": "http.response.start", "status": 200, "headers": []})
            while (await receive())["more_body"]:
                pass

    inner = Zonda()
    inner.add_middleware(Late)

    assert TestClient(mounted(inner, 5), raise_server_exceptions=False).post("/inner/", content=in_pieces()).is_success
