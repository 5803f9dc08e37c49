"""The order of the steps is FastAPI's, whatever is wrong on the way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Annotated, Any

import pytest
from pydantic import BaseModel

from tests.compiler.answers import answer, respond
from zonda import BackgroundTasks, Body, Depends, HTTPException
from zonda.exceptions import RequestValidationError, ResponseValidationError
from zonda.routing import APIRoute

log: list[str] = []

JSON = [(b"content-type", b"application/json")]


@pytest.fixture(autouse=True)
def empty_log() -> None:
    log.clear()


async def session() -> AsyncIterator[str]:
    log.append("open session")
    try:
        yield "session"
    except BaseException as error:
        log.append(f"session saw {type(error).__name__}")
        raise
    finally:
        log.append("close session")


def lock() -> Iterator[str]:
    log.append("take lock")
    yield "lock"
    log.append("give lock back")


async def number(number: int) -> int:
    log.append(f"number {number}")
    return number


async def twice(number: Annotated[int, Depends(number)], times: int = 2) -> int:
    log.append("twice")
    return number * times


async def refuse() -> None:
    raise HTTPException(401)


class Item(BaseModel):
    name: str


Session = Annotated[str, Depends(session)]


def test_syntax_errors_end_the_request_before_any_dependency() -> None:
    """A body that is not JSON is a 422 before a dependency ran."""

    async def create(item: Item, session: Session) -> None: ...

    status, _ = answer(APIRoute("/", create, methods=["POST"]), body=b"{", headers=JSON)

    assert status == 422
    assert log == []


def test_dependencies_run_before_the_body_is_validated() -> None:
    """A dependency that refuses comes before what is wrong with the values of query and body."""

    async def create(item: Item, limit: int, refused: Annotated[None, Depends(refuse)]) -> None: ...

    with pytest.raises(HTTPException, match="401"):
        answer(APIRoute("/", create, methods=["POST"]), body=b"{}", headers=JSON, query=b"limit=x")


def test_siblings_of_what_is_wrong_still_run() -> None:
    """Only what is wrong, and what needs it, is not called; what was opened sees the 422."""

    async def read(
        twice: Annotated[int, Depends(twice)],
        session: Session,
        again: Annotated[int, Depends(number)],
        lock: Annotated[str, Depends(lock, scope="function")],
        own: int,
    ) -> None: ...

    status, content = answer(APIRoute("/", read), query=b"number=x&times=y")

    assert status == 422
    assert [item for item in content.decode().split('"') if item in ("number", "times", "own")] == [
        "number",
        "times",
        "number",
        "own",
    ]
    assert log == ["open session", "take lock", "session saw RequestValidationError", "close session"]


def test_mistakes_elsewhere_keep_nothing_from_running() -> None:
    """A dependency is called although something before it, which it does not need, was wrong."""

    async def read(
        twice: Annotated[int, Depends(twice)], session: Session, other: Annotated[int, Depends(other)]
    ) -> None: ...

    status, _ = answer(APIRoute("/", read), query=b"number=x&other=1")

    assert status == 422
    assert "other 1" in log


async def other(other: int) -> int:
    log.append(f"other {other}")
    return other


def test_function_scope_is_closed_before_the_reply_and_request_scope_after() -> None:
    """Function-scoped dependencies are left before background tasks run, request-scoped ones after."""

    async def read(
        tasks: BackgroundTasks, session: Session, lock: Annotated[str, Depends(lock, scope="function")]
    ) -> list[str]:
        tasks.add_task(log.append, "task")
        log.append("endpoint")
        return [session, lock]

    assert answer(APIRoute("/", read)) == (200, b'["session","lock"]')
    assert log == ["open session", "take lock", "endpoint", "give lock back", "task", "close session"]


def test_results_are_validated_inside_the_function_scope() -> None:
    """What is wrong with a result is seen by the dependencies that are still open."""

    async def read(session: Annotated[str, Depends(session, scope="function")]) -> int:
        return "no number"  # type: ignore[return-value]

    with pytest.raises(ResponseValidationError, match="Input should be a valid integer"):
        answer(APIRoute("/", read))
    assert log == ["open session", "session saw ResponseValidationError", "close session"]


@pytest.mark.parametrize("scope", ["function", "request"])
def test_one_value_for_one_request(scope: Any) -> None:
    """A dependency is called once in a request, unless it is not cached."""

    async def read(
        first: Annotated[int, Depends(twice)],
        second: Annotated[int, Depends(number)],
        third: Annotated[int, Depends(number, use_cache=False)],
    ) -> list[int]:
        return [first, second, third]

    assert answer(APIRoute("/", read), query=b"number=3") == (200, b"[6,3,3]")
    assert log == ["number 3", "twice", "number 3"]


def test_swallowed_errors() -> None:
    """A function-scoped dependency that swallows what was raised leaves no reply: that is an error of its own."""

    async def swallow() -> AsyncIterator[None]:
        try:
            yield
        except ValueError:
            log.append("swallowed")

    async def read(nothing: Any = Depends(swallow, scope="function")) -> None:  # noqa: B008
        raise ValueError

    with pytest.raises(UnboundLocalError, match="Response not awaited"):
        answer(APIRoute("/", read))
    assert log == ["swallowed"]


def test_errors_carry_body_and_place() -> None:
    """A 422 knows what was sent and where the endpoint stands."""

    async def create(item: Item, count: Annotated[int, Body()]) -> None: ...

    with pytest.raises(RequestValidationError) as caught:
        asyncio.run(respond(APIRoute("/", create, methods=["POST"]), body=b'{"count": 1}', headers=JSON))

    assert caught.value.body == {"count": 1}
    assert caught.value.endpoint_ctx is not None
    assert caught.value.endpoint_ctx["function"] == "create"
    assert caught.value.endpoint_ctx["path"] == "POST /"
    assert caught.value.endpoint_ctx["file"] == __file__
