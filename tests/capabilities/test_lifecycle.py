"""Background tasks, the lifespan, and what tests may do with an application."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Any

import httpx2
import pytest

from zonda import BackgroundTasks, Depends, Form, HTTPException, Request, Zonda
from zonda.concurrency import run_in_threadpool
from zonda.middleware.gzip import GZipMiddleware
from zonda.security import HTTPBearer
from zonda.testclient import TestClient


def test_tasks_run_in_order_after_the_response(tmp_path: Path) -> None:
    """Sync and async tasks run in the order added, with their arguments, in this process, before the clean-up."""
    log: list[str] = []
    threads: list[int] = []
    file = tmp_path / "log.txt"

    def write(text: str, *, end: str) -> None:
        file.write_text(text + end)
        threads.append(threading.get_ident())
        log.append("sync")

    async def later(word: str) -> None:
        threads.append(threading.get_ident())
        log.append(word)

    def session() -> Iterator[None]:
        yield
        log.append("clean-up")

    app = Zonda()

    @app.post("/")
    def endpoint(tasks: BackgroundTasks, _: Annotated[None, Depends(session)]) -> str:
        tasks.add_task(write, "mail", end="!")
        tasks.add_task(later, "async")
        log.append("endpoint")
        return "sent"

    assert TestClient(app).post("/").json() == "sent"
    assert (log, file.read_text()) == (["endpoint", "sync", "async", "clean-up"], "mail!")
    in_thread, on_loop = threads
    assert in_thread != on_loop


def test_the_response_is_sent_before_the_tasks() -> None:
    """The client has the whole answer when the first task starts."""
    events: list[str] = []
    app = Zonda()

    @app.get("/")
    async def endpoint(tasks: BackgroundTasks) -> str:
        tasks.add_task(events.append, "task")
        return "done"

    async def ask() -> None:
        async def send(message: Any) -> None:
            events.append(message["type"])

        async def receive() -> Any:
            return {"type": "http.request", "body": b"", "more_body": False}

        scope = {
            "type": "http", "method": "GET", "path": "/", "raw_path": b"/", "query_string": b"", "headers": [],
            "root_path": "", "scheme": "http", "server": ("s", 80), "client": ("c", 1), "http_version": "1.1",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
        }  # fmt: skip
        await app(scope, receive, send)

    asyncio.run(ask())

    assert events == ["http.response.start", "http.response.body", "task"]


def test_a_failing_task_stops_the_rest() -> None:
    """The response stands, later tasks do not run, and nothing runs when the endpoint itself failed."""
    ran: list[str] = []

    def fail() -> None:
        raise RuntimeError("lost")

    app = Zonda()

    @app.get("/")
    def endpoint(tasks: BackgroundTasks, refuse: bool = False) -> str:
        tasks.add_task(ran.append, "first")
        tasks.add_task(fail)
        tasks.add_task(ran.append, "never")
        if refuse:
            raise HTTPException(400)
        return "answered"

    client = TestClient(app, raise_server_exceptions=False)

    assert client.get("/?refuse=1").status_code == 400
    assert ran == []
    assert (client.get("/").text, ran) == ('"answered"', ["first"])


def test_the_lifespan_runs_once_around_all_requests() -> None:
    """Before the yield once at start, after it once at the end; its state and app.state reach endpoints."""
    log: list[str] = []

    @asynccontextmanager
    async def lifespan(app: Zonda) -> AsyncIterator[dict[str, str]]:
        app.state.pool = "pool"
        log.append("start")
        yield {"model": "model"}
        log.append("stop")

    app = Zonda(lifespan=lifespan)

    @app.get("/")
    def endpoint(request: Request) -> list[str]:
        log.append("request")
        return [request.app.state.pool, request.state.model]

    with TestClient(app) as client:
        assert client.get("/").json() == client.get("/").json() == ["pool", "model"]
    assert log == ["start", "request", "request", "stop"]


def test_on_event_works_and_is_ignored_beside_a_lifespan() -> None:
    """The old events run when there is no lifespan."""
    log: list[str] = []

    @asynccontextmanager
    async def lifespan(app: Zonda) -> AsyncIterator[None]:
        log.append("lifespan")
        yield

    for app in (Zonda(), Zonda(lifespan=lifespan)):
        with pytest.warns(DeprecationWarning, match="on_event"):
            app.on_event("startup")(lambda: log.append("startup"))
        with pytest.warns(DeprecationWarning, match="on_event"):
            app.on_event("shutdown")(lambda: log.append("shutdown"))
        with TestClient(app):
            log.append("serving")

    assert log == ["startup", "serving", "shutdown", "lifespan", "serving"]


def test_a_lifespan_that_fails_keeps_the_application_from_starting() -> None:
    """An error before the yield is the start's; what stands after the yield does not run."""
    log: list[str] = []

    @asynccontextmanager
    async def lifespan(app: Zonda) -> AsyncIterator[None]:
        raise RuntimeError("no database")
        yield
        log.append("never")

    with pytest.raises(RuntimeError, match="no database"), TestClient(Zonda(lifespan=lifespan)):
        log.append("never")
    assert log == []


def test_the_client_keeps_cookies_and_follows_redirects() -> None:
    """TestClient needs no server; data= is a form and json= is JSON."""
    app = Zonda()

    @app.post("/login")
    def login(request: Request, name: Annotated[str, Form()]) -> Any:
        from zonda.responses import RedirectResponse

        response = RedirectResponse("/me", 303)
        response.set_cookie("who", name)
        return response

    @app.get("/me")
    def me(request: Request) -> str:
        return request.cookies["who"]

    @app.post("/echo")
    def echo(body: dict[str, int]) -> dict[str, int]:
        return body

    client = TestClient(app)

    assert client.post("/login", data={"name": "ada"}).json() == "ada"
    assert client.post("/echo", json={"n": 1}).json() == {"n": 1}


@pytest.mark.anyio
async def test_an_async_client() -> None:
    """An async client with an ASGI transport tests from inside a running loop."""
    app = Zonda()

    @app.get("/")
    async def endpoint() -> str:
        return "async"

    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://test") as client:
        assert (await client.get("/")).json() == "async"


bearer = HTTPBearer()


def get_user(token: Annotated[Any, Depends(bearer)]) -> str:
    return f"user of {token.credentials}"


@pytest.fixture
def secured() -> Iterator[Zonda]:
    app = Zonda()

    @app.get("/")
    def endpoint(user: Annotated[str, Depends(get_user)]) -> str:
        return user

    yield app
    app.dependency_overrides.clear()


def test_authentication_in_tests(secured: Zonda) -> None:
    """An override stands in for the login and what it needs; without it, the real credentials do."""
    client = TestClient(secured)

    assert client.get("/").status_code == 401
    assert client.get("/", headers={"Authorization": "Bearer t"}).json() == "user of t"
    secured.dependency_overrides[get_user] = lambda: "nobody"
    assert client.get("/").json() == "nobody"


def test_the_lifespan_of_the_client() -> None:
    """The lifespan runs in `with TestClient(app)` and not without."""
    log: list[str] = []

    @asynccontextmanager
    async def lifespan(app: Zonda) -> AsyncIterator[None]:
        log.append("start")
        yield

    app = Zonda(lifespan=lifespan)
    without = (TestClient(app).get("/").status_code, list(log))
    with TestClient(app):
        pass

    assert (without, log) == ((404, []), ["start"])


def test_overrides_do_not_leak(secured: Zonda) -> None:
    """After a fixture cleared the overrides the real dependency is back."""
    assert secured.dependency_overrides == {}
    assert TestClient(secured).get("/").status_code == 401


def test_def_runs_beside_the_loop() -> None:
    """Blocking def endpoints overlap, and run_in_threadpool and executors keep an async one from blocking."""
    barrier = threading.Barrier(2, timeout=10)
    app = Zonda()
    app.get("/sync")(lambda: barrier.wait() >= 0)

    @app.get("/pool")
    async def pool() -> bool:
        return await run_in_threadpool(barrier.wait) >= 0

    @app.get("/executor")
    async def executor() -> bool:
        return await asyncio.get_running_loop().run_in_executor(None, barrier.wait) >= 0

    async def both(first: str, second: str) -> list[bool]:
        async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://test") as client:
            return [answer.json() for answer in await asyncio.gather(client.get(first), client.get(second))]

    for pair in (("/sync", "/sync"), ("/pool", "/sync"), ("/executor", "/pool")):
        assert asyncio.run(both(*pair)) == [True, True]


def test_an_executor_of_the_users_own() -> None:
    """Work in a pool of the user's own runs in that pool's threads and leaves the framework's alone."""
    from concurrent.futures import ThreadPoolExecutor

    app = Zonda()
    own = ThreadPoolExecutor(1, thread_name_prefix="own")

    @app.get("/")
    async def endpoint() -> str:
        name: str = await asyncio.get_running_loop().run_in_executor(own, lambda: threading.current_thread().name)
        return name

    with own:
        assert TestClient(app).get("/").json().startswith("own")


def test_forty_threads_by_default() -> None:
    """The 41st def call waits for a thread; anyio's limiter sizes the pool."""
    import anyio.to_thread

    async def sizes() -> tuple[float, int, int]:
        limiter = anyio.to_thread.current_default_thread_limiter()
        default = limiter.total_tokens
        limiter.total_tokens = 2
        running, most, lock = [0], [0], threading.Lock()

        def work() -> None:
            with lock:
                running[0] += 1
                most[0] = max(most[0], running[0])
            time.sleep(0.01)
            with lock:
                running[0] -= 1

        await asyncio.gather(*(run_in_threadpool(work) for _ in range(8)))
        return default, most[0], int(limiter.borrowed_tokens)

    assert asyncio.run(sizes()) == (40, 2, 0)


def test_smaller_answers() -> None:
    """exclude_unset, gzip and a Cache-Control header of the user's own make fewer bytes."""
    from pydantic import BaseModel

    from zonda import Response

    class Out(BaseModel):
        a: str = "a" * 2000
        b: str = "b"

    app = Zonda()
    app.add_middleware(GZipMiddleware, minimum_size=500)

    @app.get("/full")
    def full(response: Response) -> Out:
        response.headers["Cache-Control"] = "max-age=60"
        return Out(b="c")

    @app.get("/set", response_model_exclude_unset=True)
    def only_set() -> Out:
        return Out(b="c")

    client = TestClient(app)

    assert client.get("/set").json() == {"b": "c"}
    assert client.get("/full").headers["content-encoding"] == "gzip"
    assert client.get("/full").headers["cache-control"] == "max-age=60"
