"""Tests of the functions that packages call by hand, with requests and stacks that they made up."""

import inspect
from contextlib import AsyncExitStack
from typing import Annotated, Any

import pytest
from pydantic import BaseModel
from pydantic_core import PydanticUndefined
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.testclient import TestClient
from starlette.websockets import WebSocket

from tests.interpreter.routes import client_for, handler_of, websocket_client_for
from zonda.analysis.dependencies import get_dependant
from zonda.analysis.fields import create_model_field
from zonda.exceptions import ResponseValidationError, WebSocketRequestValidationError
from zonda.interpreter import (
    get_request_handler,
    get_websocket_app,
    request_response,
    run_endpoint_function,
    serialize_response,
    solve_dependencies,
    websocket_session,
)
from zonda.interpreter.bodies import is_form_model_supplied
from zonda.interpreter.extraction import multidict_value
from zonda.param_functions import Depends, Form, Security
from zonda.security.oauth2 import SecurityScopes

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class Provider:
    def __init__(self, **overrides: Any) -> None:
        self.dependency_overrides: dict[Any, Any] = dict(overrides)


async def solve(endpoint: Any, query: str = "", provider: Any = None) -> Any:
    """What `solve_dependencies` gives for a request that somebody made up."""
    async with AsyncExitStack() as stack:
        scope = {
            "type": "http",
            "method": "GET",
            "path": "/",
            "headers": [],
            "query_string": query.encode(),
            "fastapi_inner_astack": stack,
            "fastapi_function_astack": stack,
        }
        return await solve_dependencies(
            request=Request(scope),
            dependant=get_dependant(path="/", call=endpoint),
            async_exit_stack=stack,
            embed_body_fields=False,
            dependency_overrides_provider=provider,
        )


FASTAPI_PARAMETERS = {
    get_request_handler: (
        "dependant body_field status_code response_class response_field response_model_include response_model_exclude "
        "response_model_by_alias response_model_exclude_unset response_model_exclude_defaults "
        "response_model_exclude_none dependency_overrides_provider embed_body_fields strict_content_type "
        "stream_item_field is_json_stream form_limits"
    ),
    request_response: "func",
    websocket_session: "func",
    get_websocket_app: "dependant dependency_overrides_provider embed_body_fields",
    solve_dependencies: (
        "request dependant body background_tasks response dependency_overrides_provider dependency_cache "
        "async_exit_stack embed_body_fields _uses_scopes_cache"
    ),
    run_endpoint_function: "dependant values is_coroutine",
    serialize_response: (
        "field response_content include exclude by_alias exclude_unset exclude_defaults exclude_none is_coroutine "
        "endpoint_ctx dump_json"
    ),
}


@pytest.mark.parametrize("function", FASTAPI_PARAMETERS, ids=lambda function: function.__name__)
def test_signatures_are_fastapis(function: Any) -> None:
    """Each function takes FastAPI's parameters, in its order."""
    assert list(inspect.signature(function).parameters) == FASTAPI_PARAMETERS[function].split()


async def test_solving_needs_both_stacks() -> None:
    """A made-up request without stacks is refused by the name of what is missing."""
    scope = {"type": "http", "method": "GET", "path": "/", "headers": [], "query_string": b""}

    with pytest.raises(AssertionError, match="fastapi_inner_astack not found in request scope"):
        await solve_dependencies(
            request=Request(scope),
            dependant=get_dependant(path="/", call=lambda: None),
            async_exit_stack=AsyncExitStack(),
            embed_body_fields=False,
        )


async def test_a_dependency_is_called_once() -> None:
    """Equal dependencies share one call; `use_cache=False` calls again."""
    calls: list[int] = []

    def count() -> int:
        calls.append(1)
        return len(calls)

    def endpoint(
        a: Annotated[int, Depends(count)],
        b: Annotated[int, Depends(count)],
        c: Annotated[int, Depends(count, use_cache=False)],
    ) -> None:
        """Nothing."""

    solved = await solve(endpoint)

    assert solved.values == {"a": 1, "b": 1, "c": 2}
    assert list(solved.dependency_cache.values()) == [1]


async def test_scopes_divide_the_cache() -> None:
    """A dependency that knows the scopes it is asked with is called once for each set of them."""

    def scopes(asked: SecurityScopes) -> list[str]:
        return asked.scopes

    def endpoint(
        a: Annotated[list[str], Security(scopes, scopes=["read"])],
        b: Annotated[list[str], Security(scopes, scopes=["write"])],
    ) -> None:
        """Nothing."""

    solved = await solve(endpoint)

    assert solved.values == {"a": ["read"], "b": ["write"]}


async def test_overrides_are_analysed_with_their_own_parameters() -> None:
    """What replaces a dependency has parameters of its own, and its value is kept under the original's key."""

    def original() -> str:
        return "original"

    def replacement(q: int) -> int:
        return q

    def endpoint(value: Annotated[Any, Depends(original)]) -> None:
        """Nothing."""

    provider = Provider()
    provider.dependency_overrides[original] = replacement

    solved = await solve(endpoint, "q=3", provider)

    assert solved.values == {"value": 3}
    assert list(solved.dependency_cache) == [(original, (), "")]


async def test_errors_come_back_beside_values() -> None:
    """Values that are right come back together with the errors of the others."""

    def endpoint(a: int, b: int) -> None:
        """Nothing."""

    solved = await solve(endpoint, "a=1&b=x")

    assert solved.values == {"a": 1}
    assert [error["loc"] for error in solved.errors] == [("query", "b")]


class Item(BaseModel):
    size: int = 1


async def test_serialising_validates_against_the_field() -> None:
    """A returned value that does not fit is an error that shows it, and one that fits is filtered."""
    field = create_model_field("response", Item, mode="serialization")

    assert await serialize_response(field=field, response_content={"size": 2, "secret": 3}) == {"size": 2}
    assert await serialize_response(field=field, response_content={}, exclude_unset=True) == {}
    assert await serialize_response(field=field, response_content={"size": 2}, dump_json=True) == b'{"size":2}'
    with pytest.raises(ResponseValidationError) as caught:
        await serialize_response(field=field, response_content={"size": "x"})
    assert caught.value.body == {"size": "x"}


async def test_running_an_endpoint_by_hand() -> None:
    """Both kinds of endpoint are called with the given values."""

    async def coroutine(a: int) -> int:
        return a

    def function(a: int) -> int:
        return a + 1

    for endpoint, is_coroutine, expected in ((coroutine, True, 1), (function, False, 2)):
        dependant = get_dependant(path="/", call=endpoint)
        result = await run_endpoint_function(dependant=dependant, values={"a": 1}, is_coroutine=is_coroutine)
        assert result == expected


def test_a_plain_function_may_answer() -> None:
    """`request_response` takes functions that are no coroutines, and runs them in a thread."""
    app = request_response(lambda request: PlainTextResponse(request.method))

    assert TestClient(app).get("/").text == "GET"


def test_an_edited_dependant_counts_for_the_next_request() -> None:
    """A call that is put into the dependant after the handler was made is the one that is called."""
    dependant = get_dependant(path="/", call=lambda: "before")
    client = TestClient(request_response(handler_of(dependant)))
    assert client.get("/").json() == "before"

    dependant.call = lambda: "after"

    assert client.get("/").json() == "after"


def test_headers_and_status_of_the_injected_response() -> None:
    """What a dependency sets on the Response is merged into what is sent; its status counts over the route's."""

    def mark(response: Response) -> None:
        response.headers["x-mark"] = "1"
        response.status_code = 202

    def endpoint(mark: Annotated[None, Depends(mark)]) -> dict[str, int]:
        return {"a": 1}

    response = client_for(endpoint, status_code=201).get("/")

    assert (response.status_code, response.headers["x-mark"], response.json()) == (202, "1", {"a": 1})


def test_websockets_are_solved_and_refused() -> None:
    """A websocket's endpoint gets its values; values that do not validate never reach it."""

    async def endpoint(websocket: WebSocket, size: int) -> None:
        await websocket.accept()
        await websocket.send_json(size)
        await websocket.close()

    client = websocket_client_for(endpoint, "/{size}")

    with client.websocket_connect("/3") as session:
        assert session.receive_json() == 3
    with pytest.raises(WebSocketRequestValidationError), client.websocket_connect("/x"):
        """Never reached."""


@pytest.mark.parametrize(
    ("name", "sent", "expected"),
    [
        ("text", [], PydanticUndefined),
        ("text", [("text", "")], PydanticUndefined),
        ("text", [("text", "1"), ("text", "2")], "2"),
        ("texts", [], PydanticUndefined),
        ("texts", [("texts", "")], [""]),
        ("texts", [("texts", "1"), ("texts", "2")], ["1", "2"]),
        ("query", [("query", "")], ""),
    ],
)
def test_a_fields_value_is_what_was_sent_under_one_name(name: str, sent: list[tuple[str, str]], expected: Any) -> None:
    """`_get_multidict_value` gives the last value, or all for a list; an empty text of a form is none."""

    def endpoint(
        text: Annotated[str, Form()] = "",
        texts: Annotated[list[str], Form()] = [],  # noqa: B006
        query: str = "",
    ) -> None: ...

    dependant = get_dependant(path="/", call=endpoint)
    fields = {field.name: field for field in dependant.body_params + dependant.query_params}

    value = multidict_value(fields[name], FormData(sent), name)

    assert value is expected if expected is PydanticUndefined else value == expected


@pytest.mark.parametrize(("sent", "is_supplied"), [([], False), ([("a", "")], True), ([("z", "1")], False)])
def test_a_form_model_is_supplied_when_one_of_its_fields_was_sent(
    sent: list[tuple[str, str]], is_supplied: bool
) -> None:
    """`_is_form_model_supplied` looks for names only."""

    class Model(BaseModel):
        a: str = ""

    assert is_form_model_supplied(Model, FormData(sent)) is is_supplied
