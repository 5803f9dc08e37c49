"""Threads: how many an application may use, and that dependencies and endpoints cannot lock each other out."""

from __future__ import annotations

import asyncio
import logging
import re
from pathlib import Path
from typing import Any

import anyio.to_thread
import pytest

from zonda import Zonda
from zonda.concurrency import limits
from zonda.routing import APIRoute
from zonda.testclient import TestClient

EXAMPLE = re.search(
    r"```python\n(.*?)```", (Path(__file__).parent.parent / "docs" / "threads.md").read_text(), re.DOTALL
)
OPTIONS = "threads=40, dependency_threads=20"


def example(options: str) -> dict[str, Any]:
    """What the documentation's program defines, with other options."""
    assert EXAMPLE is not None
    program = EXAMPLE[1]
    assert OPTIONS in program
    defined: dict[str, Any] = {"__name__": "example"}
    exec(compile(program.replace(OPTIONS, options), "docs/threads.md", "exec"), defined)
    return defined


async def ask(app: Any, path: str = "/orders") -> int:
    """The status of one request."""
    scope = {"type": "http", "method": "GET", "path": path, "headers": [], "query_string": b""}
    started = []

    async def receive() -> Any:
        return {"type": "http.request", "body": b""}

    async def send(message: Any) -> None:
        started.append(message)

    await app(scope, receive, send)
    status: int = started[0]["status"]
    return status


class Stepped(APIRoute):
    """A route that is run step by step, as monitoring tools have it."""

    def get_route_handler(self) -> Any:
        return super().get_route_handler()


@pytest.mark.parametrize("route_class", [APIRoute, Stepped])
def test_a_limit_of_their_own_keeps_dependencies_from_locking_endpoints_out(route_class: type[APIRoute]) -> None:
    """The documentation's program answers sixty requests at once, five at a time."""
    program = example(OPTIONS)
    app = Zonda(threads=40, dependency_threads=20)
    app.router.route_class = route_class
    app.get("/orders")(program["read_orders"])

    async def main() -> None:
        assert await asyncio.wait_for(asyncio.gather(*(ask(app) for _ in range(60))), 20) == [200] * 60

    asyncio.run(main())


def test_without_one_they_lock_each_other_out(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """On one shared limit the same program stops, as on FastAPI; waits are counted, and a warning names the route."""
    monkeypatch.setattr(limits, "LONG_WAIT_SECONDS", 0.05)
    monkeypatch.setattr(limits, "_last_warnings", {})
    program = example("")
    told = asyncio.Event()

    class Telling(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            told.set()

    async def main() -> None:
        requests = [asyncio.ensure_future(ask(program["app"])) for _ in range(60)]
        await told.wait()
        waiting = anyio.to_thread.current_default_thread_limiter().statistics()
        assert (waiting.borrowed_tokens, waiting.tasks_waiting) == (40, 20)
        assert not any(request.done() for request in requests)
        for _ in range(60):
            program["pool"].release()
        assert await asyncio.wait_for(asyncio.gather(*requests), 20) == [200] * 60

    handler = Telling()
    logging.getLogger("zonda.threads").addHandler(handler)
    try:
        asyncio.run(main())
    finally:
        logging.getLogger("zonda.threads").removeHandler(handler)
    assert "GET /orders has waited 0.05 s for a worker thread: 40 of 40 are in use and 20 calls wait" in caplog.text


def test_the_number_of_threads_is_set_without_a_lifespan() -> None:
    """A test client that runs no lifespan, and so any server that runs none, has the threads that were asked for."""
    app = Zonda(threads=7)

    @app.get("/")
    async def tokens() -> float:
        return anyio.to_thread.current_default_thread_limiter().total_tokens

    assert TestClient(app).get("/").json() == 7
    with TestClient(app) as client:
        assert client.get("/").json() == 7
