"""Tests of the order of steps and of who closes what when: FastAPI's, seen from the endpoint's neighbours."""

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel

from tests.interpreter.routes import client_for
from zonda.background import BackgroundTasks
from zonda.exceptions import FastAPIError, HTTPException
from zonda.param_functions import Depends


class Item(BaseModel):
    size: int


class Journal:
    """What happened, in order."""

    def __init__(self) -> None:
        self.entries: list[str] = []

    def generator(self, name: str, *, swallows: bool = False) -> Callable[[], Iterator[str]]:
        def dependency() -> Iterator[str]:
            self.entries.append(f"open {name}")
            try:
                yield name
            except Exception as error:
                self.entries.append(f"{name} sees {type(error).__name__}")
                if not swallows:
                    raise
            finally:
                self.entries.append(f"close {name}")

        return dependency

    def async_generator(self, name: str, *, swallows: bool = False) -> Callable[[], AsyncIterator[str]]:
        async def dependency() -> AsyncIterator[str]:
            self.entries.append(f"open {name}")
            try:
                yield name
            except Exception as error:
                self.entries.append(f"{name} sees {type(error).__name__}")
                if not swallows:
                    raise
            finally:
                self.entries.append(f"close {name}")

        return dependency

    def note(self, entry: str) -> None:
        self.entries.append(entry)


@pytest.fixture
def journal() -> Journal:
    return Journal()


def refuse() -> None:
    raise HTTPException(401)


def test_an_authorisation_comes_before_validation() -> None:
    """A dependency that raises 401 answers before a wrong query value becomes a 422."""

    def endpoint(size: int, user: Annotated[None, Depends(refuse)]) -> None:
        """Nothing."""

    assert client_for(endpoint).get("/?size=x").status_code == 401


def test_broken_json_comes_before_everything(journal: Journal) -> None:
    """A body that is no JSON is a 422 at once; no dependency is opened for it."""

    def endpoint(item: Item, user: Annotated[str, Depends(journal.generator("user"))]) -> None:
        """Nothing."""

    response = client_for(endpoint).post("/", content=b"{", headers={"content-type": "application/json"})

    assert response.json()["detail"][0]["loc"] == ["body", 1]
    assert journal.entries == []


def test_siblings_of_a_dependency_with_errors_still_run(journal: Journal) -> None:
    """All errors are reported together; dependencies without errors are opened and see the failure."""

    def needs(z: int) -> int:
        return z

    def endpoint(
        n: int,
        wrong: Annotated[int, Depends(needs)],
        user: Annotated[str, Depends(journal.async_generator("user"))],
    ) -> None:
        journal.note("endpoint")

    client_for(endpoint).get("/?n=x&z=y")

    assert journal.entries == ["open user", "user sees RequestValidationError", "close user"]


@pytest.mark.parametrize(
    ("scope", "order"),
    [
        ("request", ["open user", "endpoint", "task", "close user"]),
        ("function", ["open user", "endpoint", "close user", "task"]),
    ],
)
def test_scopes_close_before_or_after_the_reply(
    journal: Journal, scope: Literal["function", "request"], order: list[str]
) -> None:
    """A request-scoped dependency outlives the reply and its tasks; a function-scoped one is closed before them."""

    def endpoint(
        tasks: BackgroundTasks, user: Annotated[str, Depends(journal.async_generator("user"), scope=scope)]
    ) -> None:
        journal.note("endpoint")
        tasks.add_task(journal.note, "task")

    client_for(endpoint).get("/")

    assert journal.entries == order


def test_dependencies_close_in_reverse(journal: Journal) -> None:
    """What was opened last is closed first, generators of both kinds alike."""

    def endpoint(
        one: Annotated[str, Depends(journal.generator("one"))],
        two: Annotated[str, Depends(journal.async_generator("two"))],
    ) -> None:
        """Nothing."""

    client_for(endpoint).get("/")

    assert journal.entries == ["open one", "open two", "close two", "close one"]


def test_a_swallowed_error_leaves_no_response(journal: Journal) -> None:
    """When a request-scoped dependency swallows the endpoint's error, the developer is told that no reply is left."""

    def endpoint(user: Annotated[str, Depends(journal.async_generator("user", swallows=True))]) -> None:
        raise ValueError("lost")

    with pytest.raises(FastAPIError, match="Response not awaited"):
        client_for(endpoint, raise_server_exceptions=True).get("/")


def test_a_failing_task_is_seen_by_open_dependencies(journal: Journal) -> None:
    """An error in a background task reaches the dependencies that are still open, after the reply was sent."""

    def fail() -> None:
        raise ValueError("task")

    def endpoint(tasks: BackgroundTasks, user: Annotated[str, Depends(journal.generator("user"))]) -> dict[str, Any]:
        tasks.add_task(fail)
        return {}

    response = client_for(endpoint).get("/")

    assert response.status_code == 200
    assert journal.entries == ["open user", "user sees ValueError", "close user"]


def test_a_stream_keeps_its_dependencies_open(journal: Journal) -> None:
    """Dependencies of an endpoint that yields are open while its items are sent."""

    async def endpoint(user: Annotated[str, Depends(journal.async_generator("user"))]) -> AsyncIterator[str]:
        for item in ("one", "two"):
            journal.note(item)
            yield item

    response = client_for(endpoint, is_json_stream=True).get("/")

    assert response.text == '"one"\n"two"\n'
    assert journal.entries == ["open user", "one", "two", "close user"]
