"""Tests of `with app.overrides({...})`: what it replaces, for whom, and until when."""

import asyncio
from typing import Annotated, Any

import pytest

from zonda import APIRouter, Depends, WebSocket, Zonda
from zonda.analysis.mistakes import NothingDependsOn
from zonda.overrides import overrides_of, provider_to_ask
from zonda.routing import APIRoute
from zonda.testclient import TestClient


class Stepped(APIRoute):
    """A route that is run step by step, as monitoring tools have it."""

    def get_route_handler(self) -> Any:
        return super().get_route_handler()


def get_db() -> str:
    return "real"


def get_user(db: Annotated[str, Depends(get_db)]) -> str:
    return f"user of {db}"


def application(route_class: type[APIRoute] = APIRoute) -> Zonda:
    app = Zonda()
    app.router.route_class = route_class

    @app.get("/")
    async def read(user: Annotated[str, Depends(get_user)]) -> str:
        return user

    @app.websocket("/ws")
    async def talk(websocket: WebSocket, user: Annotated[str, Depends(get_user)]) -> None:
        await websocket.accept()
        await websocket.send_text(user)
        await websocket.close()

    return app


def answers(app: Zonda) -> list[str]:
    client = TestClient(app)
    with client.websocket_connect("/ws") as websocket:
        return [client.get("/").json(), websocket.receive_text()]


def test_a_block_replaces_and_restores() -> None:
    """Inside the block the replacement answers, for requests and websockets; after it the dependency does again."""
    app = application()

    before = answers(app)
    with app.overrides({get_db: lambda: "fake"}):
        inside = answers(app)

    assert before == answers(app) == ["user of real"] * 2
    assert inside == ["user of fake"] * 2
    assert app.dependency_overrides == {}


@pytest.mark.parametrize("route_class", [APIRoute, Stepped])
def test_blocks_nest(route_class: type[APIRoute]) -> None:
    """The inner block wins where both replace, and what everybody sees counts beneath both."""
    app = application(route_class)
    app.dependency_overrides[get_db] = lambda: "everywhere"

    with app.overrides({get_db: lambda: "outer"}):
        with app.overrides({get_db: lambda: "inner"}):
            assert TestClient(app).get("/").json() == "user of inner"
        assert TestClient(app).get("/").json() == "user of outer"

    assert TestClient(app).get("/").json() == "user of everywhere"


def test_an_error_in_the_block_restores() -> None:
    """A test that fails leaves nothing behind."""
    app = application()

    with pytest.raises(ValueError, match="fails"), app.overrides({get_db: lambda: "fake"}):
        raise ValueError("fails")

    assert TestClient(app).get("/").json() == "user of real"


@pytest.mark.anyio
async def test_each_task_has_its_own() -> None:
    """Tests that run at the same time in tasks do not see each other's overrides; those without see none."""
    app = application()
    inside = asyncio.Barrier(3)

    async def user() -> str:
        await inside.wait()
        async with app.resolve(get_user) as value:
            await inside.wait()
            return value

    async def user_with(db: str) -> str:
        with app.overrides({get_db: lambda: db}):
            return await user()

    assert await asyncio.gather(user_with("one"), user_with("two"), user()) == [
        "user of one",
        "user of two",
        "user of real",
    ]


def mounted() -> tuple[Zonda, Zonda]:
    outer, inner, innermost = Zonda(), application(), application()
    outer.mount("/inner", inner)
    inner.mount("/innermost", innermost)
    return outer, inner


def test_mounted_applications_on_request() -> None:
    """`mounted=True` reaches applications below at any depth; without it they are left alone."""
    outer, inner = mounted()
    client = TestClient(outer)

    with outer.overrides({get_db: lambda: "fake"}, mounted=True):
        assert client.get("/inner/").json() == client.get("/inner/innermost/").json() == "user of fake"
    with inner.overrides({get_db: lambda: "fake"}):
        assert client.get("/inner/").json() == "user of fake"
        assert client.get("/inner/innermost/").json() == "user of real"
    with pytest.raises(NothingDependsOn):
        outer.overrides({get_db: lambda: "fake"})


def test_a_block_may_end_in_another_context() -> None:
    """A fixture that began in one context and ends in another leaves nothing behind."""
    import contextvars

    app = application()
    began = contextvars.copy_context()
    block = app.overrides({get_db: lambda: "fake"})

    began.run(block.__enter__)
    assert began.run(lambda: TestClient(app).get("/").json()) == "user of fake"
    block.__exit__(None, None, None)

    with app.overrides({get_user: lambda: "another test"}):
        assert began.run(lambda: TestClient(app).get("/").json()) == "user of real"
    assert began.run(lambda: TestClient(app).get("/").json()) == "user of real"


def test_a_block_is_for_one_use() -> None:
    """The same block cannot be entered inside itself."""
    app = application()
    block = app.overrides({get_db: lambda: "fake"})

    with block, pytest.raises(RuntimeError, match="in force already"):
        block.__enter__()


def test_what_only_a_replacement_needs_can_be_replaced() -> None:
    """Keys may be dependencies of other replacements, of included routers, and of functions that are injected into."""
    app = Zonda()
    router = APIRouter()
    router.get("/", dependencies=[Depends(get_user)])(lambda: "")
    app.include_router(router, prefix="/x")

    def settings() -> str:
        return "real settings"

    def fake_db(settings: Annotated[str, Depends(settings)]) -> str:
        return f"fake with {settings}"

    @app.inject
    def injected(user: Annotated[str, Depends(get_user)]) -> str:
        return user

    with app.overrides({get_db: fake_db, settings: lambda: "test settings"}):
        assert injected() == "user of fake with test settings"


def test_nothing_is_asked_while_nothing_is_replaced() -> None:
    """Without a block, a request asks the application itself whether it has overrides, and nothing else."""
    app = application()

    assert provider_to_ask(app) is app
    assert overrides_of(app) is app.dependency_overrides
    with app.overrides({get_db: lambda: "fake"}):
        assert provider_to_ask(app) is not app
    assert provider_to_ask(app) is app
