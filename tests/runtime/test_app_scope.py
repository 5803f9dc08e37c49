"""Tests of dependencies of which an application has one: when they are opened, shared and closed."""

import asyncio
import copy
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from contextvars import ContextVar
from typing import Annotated, Any

import anyio
import pytest

from zonda import APIRouter, Depends, Security, WebSocket, Zonda
from zonda.extensions import Drain
from zonda.routing import APIRoute
from zonda.security import SecurityScopes
from zonda.testing import AsyncTestClient, TestClient

Journal = list[str]


class Stepped(APIRoute):
    """A route that is run step by step, as monitoring tools have it."""

    def get_route_handler(self) -> Any:
        return super().get_route_handler()


def application(journal: Journal, route_class: type[APIRoute] = APIRoute, **options: Any) -> Zonda:
    """Two routes and a websocket that share a pool, which needs settings and a plain `def` with `yield`."""
    app = Zonda(**options)
    app.router.route_class = route_class

    async def settings() -> str:
        journal.append("read settings")
        return "db://"

    def files() -> Iterator[str]:
        journal.append("open files")
        yield "files"
        journal.append("close files")

    async def pool(
        settings: Annotated[str, Depends(settings)], files: Annotated[str, Depends(files, scope="app")], size: int = 5
    ) -> AsyncIterator[str]:
        journal.append("open pool")
        yield f"{size} of {settings}"
        journal.append("close pool")

    Pool = Annotated[str, Depends(pool, scope="app")]  # noqa: N806  (a type)

    async def session(pool: Pool) -> AsyncIterator[str]:
        journal.append("open session")
        yield f"session of {pool}"
        journal.append("close session")

    @app.get("/session")
    async def read_session(session: Annotated[str, Depends(session)], pool: Pool) -> list[str]:
        return [session, pool]

    @app.get("/pool", dependencies=[Depends(pool, scope="app")])
    async def read_nothing() -> str:
        return "nothing"

    @app.websocket("/ws")
    async def talk(websocket: WebSocket, pool: Pool) -> None:
        await websocket.accept()
        await websocket.send_text(pool)
        await websocket.close()

    return app


OPENED = ["read settings", "open files", "open pool"]
CLOSED = ["close pool", "close files"]


@pytest.mark.parametrize("route_class", [APIRoute, Stepped])
def test_the_lifespan_opens_and_closes(route_class: type[APIRoute]) -> None:
    """Values are opened once, before the first request, needs first; closed in reverse; shared by all that ask."""
    journal: Journal = []
    app = application(journal, route_class)

    with TestClient(app) as client:
        assert journal == OPENED
        assert client.get("/session").json() == ["session of 5 of db://", "5 of db://"]
        assert client.get("/pool").json() == "nothing"
        with client.websocket_connect("/ws") as websocket:
            assert websocket.receive_text() == "5 of db://"
        assert journal == [*OPENED, "open session", "close session"]

    assert journal[-2:] == CLOSED


def test_without_a_lifespan_the_first_who_asks_opens() -> None:
    """Where no lifespan runs, a value lives from the first request to the end of the event loop."""
    journal: Journal = []
    client = TestClient(application(journal))

    client.get("/pool")

    assert journal == [*OPENED, *CLOSED]


@pytest.mark.anyio
async def test_those_who_ask_at_the_same_time_share_one_opening() -> None:
    """A value is opened once, however many wait for it; one of them that is cancelled keeps it from nobody."""
    app = Zonda()
    opening, may_open = asyncio.Event(), asyncio.Event()
    opened = []

    async def slow() -> str:
        opening.set()
        await may_open.wait()
        opened.append(1)
        return "value"

    async def ask() -> Any:
        async with app.resolve(Depends(slow, scope="app")) as value:
            return value

    first, *others = [asyncio.create_task(ask()) for _ in range(5)]
    await opening.wait()
    first.cancel()
    may_open.set()

    assert await asyncio.gather(*others) == ["value"] * 4
    assert first.cancelled()
    assert opened == [1]


def test_a_value_that_fails_to_open_ends_the_start() -> None:
    """What had been opened before it is closed again, and the start fails with what it raised."""
    journal: Journal = []
    app = application(journal)

    async def broken() -> None:
        raise OSError("no broker")

    app.get("/broken", dependencies=[Depends(broken, scope="app")])(lambda: None)

    with pytest.raises(OSError, match="no broker"), TestClient(app):
        pass
    assert journal == [*OPENED, *CLOSED]


def test_what_failed_for_a_request_is_tried_again() -> None:
    """An error is raised for whoever asked; the next who asks may be luckier."""
    app = Zonda()
    results = iter([OSError("not yet"), None])

    async def lucky() -> str:
        error = next(results)
        if error is not None:
            raise error
        return "there"

    @app.get("/")
    async def read(value: Annotated[str, Depends(lucky, scope="app")]) -> str:
        return value

    client = TestClient(app)

    with pytest.raises(OSError, match="not yet"):
        client.get("/")
    assert client.get("/").json() == "there"


def test_its_place_in_the_lifespan() -> None:
    """Drains start before the values, the application's lifespan after them; all ends in reverse."""
    journal: Journal = []

    class Broker(Drain):
        async def start(self) -> None:
            journal.append("start broker")

        async def stop(self) -> None:
            journal.append("stop broker")

    @asynccontextmanager
    async def lifespan(app: Zonda) -> AsyncIterator[None]:
        journal.append("start")
        yield
        journal.append("stop")

    with TestClient(application(journal, drains=[Broker()], lifespan=lifespan)):
        pass

    assert journal == ["start broker", *OPENED, "start", "stop", *CLOSED, "stop broker"]


def test_an_override_is_opened_instead() -> None:
    """A replaced value is never opened; its replacement is, with what it needs, and so is all that needs it."""
    journal: Journal = []
    app = Zonda()

    async def real() -> str:
        journal.append("real")
        return "real"

    async def fake() -> AsyncIterator[str]:
        journal.append("open fake")
        yield "fake"
        journal.append("close fake")

    async def above(value: Annotated[str, Depends(real)]) -> str:
        return f"above {value}"

    @app.get("/")
    async def read(value: Annotated[str, Depends(above, scope="app")]) -> str:
        return value

    app.dependency_overrides[real] = fake
    with TestClient(app) as client:
        assert client.get("/").json() == "above fake"
        app.dependency_overrides.clear()
        assert client.get("/").json() == "above real"

    assert journal == ["open fake", "real", "close fake"]


def test_task_groups_may_stay_open() -> None:
    """A value may hold a task group: it is left in the task that entered it, with a lifespan and without."""
    app = Zonda()

    async def group() -> AsyncIterator[Any]:
        async with anyio.create_task_group() as tasks:
            yield tasks
            tasks.cancel_scope.cancel()

    @app.get("/")
    async def start(group: Annotated[Any, Depends(group, scope="app")]) -> bool:
        group.start_soon(anyio.sleep_forever)
        return True

    with TestClient(app) as client:
        assert client.get("/").json() is True
    assert TestClient(app).get("/").json() is True


def test_a_value_knows_nothing_of_the_request_that_opened_it() -> None:
    """Context variables of the first request are not those of a value that outlives it."""
    app = Zonda()
    user: ContextVar[str] = ContextVar("user", default="nobody")

    async def login() -> None:
        user.set("ann")

    async def pool() -> str:
        return user.get()

    @app.get("/", dependencies=[Depends(login)])
    async def read(pool: Annotated[str, Depends(pool, scope="app")]) -> list[str]:
        return [pool, user.get()]

    assert TestClient(app).get("/").json() == ["nobody", "ann"]


def test_a_value_depends_on_the_scopes_that_it_asks_for() -> None:
    """What takes the security scopes is opened for each set of them."""
    app = Zonda()

    async def rights(scopes: SecurityScopes) -> list[str]:
        return scopes.scopes

    async def need(rights: Annotated[list[str], Depends(rights, scope="app")]) -> list[str]:
        return rights

    @app.get("/")
    async def read(
        reader: Annotated[list[str], Security(need, scopes=["read"])],
        writer: Annotated[list[str], Security(need, scopes=["write"])],
    ) -> list[list[str]]:
        return [reader, writer]

    assert TestClient(app).get("/").json() == [["read"], ["write"]]


def test_its_parameters_are_no_parameters_of_the_operation() -> None:
    """What a value takes by default cannot be sent, and stands in no schema."""
    journal: Journal = []
    app = application(journal)

    answer = TestClient(app).get("/session?size=9").json()

    assert answer[1] == "5 of db://"
    assert "parameters" not in app.openapi()["paths"]["/session"]["get"]


def test_included_routers_share_the_values_of_the_application() -> None:
    """A value is the application's, whichever router asks for it."""
    opened = []

    async def pool() -> str:
        opened.append(1)
        return "pool"

    router = APIRouter(dependencies=[Depends(pool, scope="app")])
    router.get("/a")(lambda: "a")
    app = Zonda()
    app.include_router(router, prefix="/one")
    app.include_router(router, prefix="/two", dependencies=[Depends(pool, scope="app")])

    with TestClient(app) as client:
        assert client.get("/one/a").json() == client.get("/two/a").json() == "a"

    assert opened == [1]


@pytest.mark.anyio
async def test_a_value_that_is_being_closed_is_given_to_nobody() -> None:
    """Whoever asks while the values are closed is given a new one, never one that is half closed."""
    app = Zonda()
    opened = []

    async def pool() -> AsyncIterator[int]:
        opened.append(1)
        yield len(opened)
        if len(opened) == 1:
            async with app.resolve(Depends(pool, scope="app")) as value:
                assert value == 2

    app.get("/", dependencies=[Depends(pool, scope="app")])(lambda: None)

    async with AsyncTestClient(app):
        assert opened == [1]

    assert opened == [1, 1]


@pytest.mark.parametrize("ask", [TestClient.__enter__, lambda client: client.get("/session")], ids=["start", "request"])
def test_on_trio_an_error_says_what_needs_asyncio(ask: Any) -> None:
    """Not that an event loop is missing somewhere inside."""
    client = TestClient(application([]), backend="trio")

    with pytest.raises(RuntimeError, match=r'pool\(\).* has scope="app", .* this is trio. Run the application on'):
        ask(client)


def test_a_copy_of_an_application_opens_its_own() -> None:
    """What an application has is not copied with it, and does not keep it from being copied."""
    scope = Zonda().app_scope

    assert copy.deepcopy(scope) is not scope


def test_what_contradicts_one_value_is_refused() -> None:
    """One value for the process is cached, and is not called more than once at a time."""
    with pytest.raises(ValueError, match="leave out use_cache and max_concurrency"):
        Depends(print, scope="app", use_cache=False)
    with pytest.raises(ValueError, match="leave out use_cache and max_concurrency"):
        Depends(print, scope="app", max_concurrency=1)
