"""Dependencies are resolved, shared, closed and replaced as FastAPI's users expect."""

import threading
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Annotated, Any, ClassVar

import pytest

from zonda import APIRouter, BackgroundTasks, Depends, Header, HTTPException, Query, WebSocket, Zonda
from zonda.testclient import TestClient


def serve(endpoint: Callable[..., Any], path: str = "/", **options: Any) -> TestClient:
    app = Zonda()
    app.get(path, **options)(endpoint)
    return TestClient(app)


class Pagination:
    def __init__(self, skip: int = 0, limit: int = 10) -> None:
        self.skip, self.limit = skip, limit


class Multiplier:
    def __init__(self, factor: int) -> None:
        self.factor = factor

    def __call__(self, n: int) -> int:
        return n * self.factor


def test_a_dependency_takes_its_parameters_from_the_request() -> None:
    """The value of a dependency is its return value; its parameters are the route's, on each route that uses it."""

    def common(q: str, limit: int = 5) -> list[Any]:
        return [q, limit]

    app = Zonda()

    @app.get("/a")
    def first(found: Annotated[list[Any], Depends(common)]) -> list[Any]:
        return found

    app.get("/b")(first)
    client, paths = TestClient(app), app.openapi()["paths"]

    assert client.get("/a?q=x").json() == client.get("/b?q=x&limit=5").json() == ["x", 5]
    assert [[p["name"] for p in paths[path]["get"]["parameters"]] for path in ("/a", "/b")] == [["q", "limit"]] * 2


def test_classes_and_instances() -> None:
    """A class is made of its constructor's parameters, taken from the annotation alone; an instance is called."""

    def endpoint(
        pages: Annotated[Pagination, Depends()],
        same: Annotated[Pagination, Depends(Pagination)],
        product: Annotated[int, Depends(Multiplier(3))],
    ) -> list[int]:
        return [pages.skip, same.limit, product]

    assert serve(endpoint).get("/?skip=2&n=7").json() == [2, 10, 21]


def test_chains_are_resolved_depth_first_and_once() -> None:
    """Sub-dependencies come first; one that several need is called once and is the same object everywhere."""
    calls: list[str] = []

    def root() -> object:
        calls.append("root")
        return object()

    def left(value: Annotated[object, Depends(root)]) -> object:
        calls.append("left")
        return value

    async def right(value: Annotated[object, Depends(root)]) -> object:
        calls.append("right")
        return value

    def endpoint(a: Annotated[object, Depends(left)], b: Annotated[object, Depends(right)]) -> bool:
        return a is b

    assert serve(endpoint).get("/").json() is True
    assert calls == ["root", "left", "right"]


def test_use_cache_false_calls_again() -> None:
    """With use_cache=False each place gets a fresh value; the next request starts anew."""
    counter = iter(range(100))

    def number() -> int:
        return next(counter)

    def endpoint(
        a: Annotated[int, Depends(number)],
        b: Annotated[int, Depends(number)],
        c: Annotated[int, Depends(number, use_cache=False)],
    ) -> list[int]:
        return [a, b, c]

    client = serve(endpoint)

    assert [client.get("/").json(), client.get("/").json()] == [[0, 0, 1], [2, 2, 3]]


def test_generators_are_closed_in_reverse_after_the_background_tasks() -> None:
    """What stands after `yield` runs last opened first closed, after the response and its tasks."""
    log: list[str] = []

    def outer() -> Iterator[str]:
        log.append("open outer")
        yield "outer"
        log.append("close outer")

    async def inner(value: Annotated[str, Depends(outer)]) -> AsyncIterator[str]:
        log.append("open inner")
        yield value + " inner"
        log.append("close inner")

    def endpoint(value: Annotated[str, Depends(inner)], tasks: BackgroundTasks) -> str:
        tasks.add_task(log.append, "task")
        return value

    assert serve(endpoint).get("/").json() == "outer inner"
    assert log == ["open outer", "open inner", "task", "close inner", "close outer"]


def test_a_function_scope_is_closed_before_the_response() -> None:
    """scope="function" closes after the endpoint and before the answer, so that its exit can still refuse."""

    def transaction() -> Iterator[str]:
        yield "open"
        raise HTTPException(409, "could not commit")

    def endpoint(value: Annotated[str, Depends(transaction, scope="function")]) -> str:
        return value

    assert serve(endpoint).get("/").json() == {"detail": "could not commit"}


def test_an_error_is_thrown_in_at_the_yield() -> None:
    """The dependency sees the endpoint's exception and raises it again; clean-up runs all the same."""
    seen: list[str] = []

    def session() -> Iterator[int]:
        try:
            yield 1
        except HTTPException as error:
            seen.append(str(error.detail))
            raise
        finally:
            seen.append("closed")

    def endpoint(value: Annotated[int, Depends(session)]) -> None:
        raise HTTPException(418, "teapot")

    assert serve(endpoint).get("/").status_code == 418
    assert seen == ["teapot", "closed"]


def test_the_order_of_dependencies_without_a_value() -> None:
    """Application, include, router, route, then parameters; what they return is dropped."""
    log: list[str] = []

    def say(word: str) -> Callable[[], str]:
        def dependency() -> str:
            log.append(word)
            return word

        return dependency

    router = APIRouter(dependencies=[Depends(say("router"))])

    @router.get("/", dependencies=[Depends(say("route"))])
    def endpoint(value: Annotated[str, Depends(say("parameter"))]) -> str:
        return value

    app = Zonda(dependencies=[Depends(say("app"))])
    app.include_router(router, dependencies=[Depends(say("include"))])

    assert TestClient(app).get("/").json() == "parameter"
    assert log == ["app", "include", "router", "route", "parameter"]


def real() -> str:
    return "real"


def needs_real(value: Annotated[str, Depends(real)]) -> str:
    return value + "!"


@pytest.mark.parametrize("kind", ["lambda", "async", "generator", "parameters"])
def test_overrides_of_every_kind(kind: str) -> None:
    """An override replaces a dependency everywhere, nested too, may be of any kind, and goes when it is cleared."""

    async def coroutine() -> str:
        return "async"

    def generator() -> Iterator[str]:
        yield "generator"

    def parameters(word: Annotated[str, Query()]) -> str:
        return word

    replacement = {"lambda": lambda: "lambda", "async": coroutine, "generator": generator, "parameters": parameters}
    app = Zonda()

    @app.get("/")
    def endpoint(outer: Annotated[str, Depends(needs_real)], inner: Annotated[str, Depends(real)]) -> list[str]:
        return [outer, inner]

    client = TestClient(app)
    app.dependency_overrides[real] = replacement[kind]  # type: ignore[index]
    replaced = client.get("/?word=parameters").json()
    app.dependency_overrides.clear()

    assert (replaced, client.get("/").json()) == ([kind + "!", kind], ["real!", "real"])


def test_factories_and_shared_objects() -> None:
    """A function that returns a dependency configures it; an object of the module is shared by all requests."""
    shared = {"requests": 0}

    def count() -> dict[str, int]:
        shared["requests"] += 1
        return shared

    def require(role: str) -> Callable[..., None]:
        def check(x_role: Annotated[str, Header()]) -> None:
            if x_role != role:
                raise HTTPException(403, f"{role} only")

        return check

    def endpoint(counted: Annotated[dict[str, int], Depends(count)]) -> int:
        return counted["requests"]

    client = serve(endpoint, dependencies=[Depends(require("admin"))])
    both = serve(endpoint, dependencies=[Depends(require("admin")), Depends(require("owner"))])

    assert client.get("/", headers={"x-role": "guest"}).json() == {"detail": "admin only"}
    assert both.get("/", headers={"x-role": "admin"}).json() == {"detail": "owner only"}
    assert [client.get("/", headers={"x-role": "admin"}).json() for _ in range(2)] == [1, 2]


def test_def_runs_in_a_thread_and_async_on_the_loop() -> None:
    """Both kinds mix; a def dependency runs outside the event loop's thread."""

    def in_thread() -> int:
        return threading.get_ident()

    async def on_loop() -> int:
        return threading.get_ident()

    async def endpoint(a: Annotated[int, Depends(in_thread)], b: Annotated[int, Depends(on_loop)]) -> list[bool]:
        here = threading.get_ident()
        return [a == here, b == here]

    assert serve(endpoint).get("/").json() == [False, True]


def test_a_dependency_that_refuses_keeps_the_endpoint_from_running() -> None:
    """An HTTPException in a dependency is the answer; the endpoint is not called."""
    called: list[bool] = []

    def refuse() -> None:
        raise HTTPException(401, "no")

    def endpoint(_: Annotated[None, Depends(refuse)]) -> None:
        called.append(True)

    assert (serve(endpoint).get("/").status_code, called) == (401, [])


def test_background_tasks_of_dependencies_join_the_queue() -> None:
    """A dependency and the endpoint add to one queue, in order."""
    log: list[str] = []

    def dependency(tasks: BackgroundTasks) -> None:
        tasks.add_task(log.append, "dependency")

    def endpoint(tasks: BackgroundTasks, _: Annotated[None, Depends(dependency)]) -> None:
        tasks.add_task(log.append, "endpoint")

    serve(endpoint).get("/")

    assert log == ["dependency", "endpoint"]


class Client:
    opened: ClassVar[list["Client"]] = []

    def __init__(self) -> None:
        self.is_closed = False
        Client.opened.append(self)


async def get_client() -> AsyncIterator[Client]:
    client = Client()
    try:
        yield client
    finally:
        client.is_closed = True


ClientDep = Annotated[Client, Depends(get_client)]


def test_an_alias_gives_each_request_its_own_and_closes_it() -> None:
    """An Annotated alias is reusable; each request has a new object, closed even after an error."""
    Client.opened.clear()

    async def endpoint(client: ClientDep, fail: bool = False) -> bool:
        if fail:
            raise HTTPException(500)
        return client.is_closed

    client = serve(endpoint)

    assert [client.get("/").json(), client.get("/?fail=1").status_code] == [False, 500]
    assert [opened.is_closed for opened in Client.opened] == [True, True]


def test_a_bad_signature_fails_at_declaration() -> None:
    """The graph is built when the route is declared: what cannot be a parameter is refused there."""

    class NotAField:
        pass

    app = Zonda()

    with pytest.raises(Exception, match="NotAField"):

        @app.get("/")
        def endpoint(value: NotAField) -> None: ...


def test_websockets_have_the_same_system() -> None:
    """Dependencies, their parameters and their clean-up work on a websocket."""
    log: list[str] = []

    async def dependency(token: Annotated[str, Query()]) -> AsyncIterator[str]:
        yield token
        log.append("closed")

    app = Zonda()

    @app.websocket("/ws")
    async def endpoint(websocket: WebSocket, token: Annotated[str, Depends(dependency)]) -> None:
        await websocket.accept()
        await websocket.send_text(token)

    with TestClient(app).websocket_connect("/ws?token=t") as session:
        assert session.receive_text() == "t"
    assert log == ["closed"]
