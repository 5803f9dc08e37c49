"""The handlers that an application has without naming any."""

from __future__ import annotations

import json
from typing import Any

import pytest

from zonda.exception_handlers import (
    http_exception_handler,
    request_validation_exception_handler,
    websocket_request_validation_exception_handler,
)
from zonda.exceptions import HTTPException, RequestValidationError, WebSocketRequestValidationError

pytestmark = pytest.mark.anyio

REQUEST: Any = None


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def deep(levels: int) -> Any:
    nested: Any = "end"
    for _ in range(levels):
        nested = [nested]
    return nested


async def test_an_http_exception_is_its_detail() -> None:
    """Status, headers and detail, whatever JSON the detail is."""
    response = await http_exception_handler(REQUEST, HTTPException(418, {"a": (1, "é")}, {"x-a": "1"}))

    assert (response.status_code, response.headers["x-a"]) == (418, "1")
    assert response.body == '{"detail":{"a":[1,"é"]}}'.encode()


@pytest.mark.parametrize("status", [100, 204, 205, 304])
async def test_no_body_where_http_forbids_one(status: int) -> None:
    """Headers are sent all the same."""
    response = await http_exception_handler(REQUEST, HTTPException(status, "why", {"x-a": "1"}))

    assert (response.status_code, response.body, response.headers["x-a"]) == (status, b"", "1")


async def test_refused_requests_are_422_with_the_errors() -> None:
    """The bytes of FastAPI: exceptions in the context become objects, bytes become text."""
    errors = [{"loc": ("body", 0), "input": b"abc", "ctx": {"error": ValueError("no")}}]

    response = await request_validation_exception_handler(REQUEST, RequestValidationError(errors))

    assert response.status_code == 422
    assert response.body == b'{"detail":[{"loc":["body",0],"input":"abc","ctx":{"error":{}}}]}'


@pytest.mark.parametrize(
    ("refused", "quoted"),
    [
        (float("nan"), None),
        ([float("-inf"), 1.5], [None, 1.5]),
        ("half a pair: \ud800", "half a pair: ?"),
        ({"\ud800": {1: "\udfff"}}, {"?": {"1": "?"}}),
        (b"\xff!", "\ufffd!"),
        (10**5000, None),
        ({"deep": deep(20_000)}, {"deep": deep(30)}),
    ],
    ids=["nan", "infinity", "surrogate", "keys", "bytes", "long number", "deep"],
)
async def test_input_that_json_cannot_hold_is_still_422(refused: Any, quoted: Any) -> None:
    """FastAPI fails over its own answer here, with a 500 that a client can cause at will."""
    errors = [{"type": "int_type", "loc": ("query", "q"), "msg": "no", "input": refused}]

    response = await request_validation_exception_handler(REQUEST, RequestValidationError(errors))

    (error,) = json.loads(response.body)["detail"]
    assert (response.status_code, error["type"], error["loc"]) == (422, "int_type", ["query", "q"])
    assert error["input"] == quoted or error["input"] == {"deep": _cut(quoted["deep"])}


def _cut(nested: Any) -> Any:
    """The same lists with nothing at their end: what lies deeper is left out."""
    if nested == ["end"]:
        return None
    return [_cut(nested[0])]


async def test_input_in_a_detail_does_not_fail_either() -> None:
    """`HTTPException(404, f"no {name}")` with a name that no encoding can write."""
    response = await http_exception_handler(REQUEST, HTTPException(404, "no \ud800"))

    assert response.body == b'{"detail":"no ?"}'


async def test_a_detail_that_is_no_json_is_the_developers_mistake() -> None:
    """It is not hidden behind an answer."""
    with pytest.raises(TypeError, match="not JSON serializable"):
        await http_exception_handler(REQUEST, HTTPException(400, object()))


async def test_a_websocket_is_closed_with_the_errors() -> None:
    """Code 1008, and the errors as FastAPI gives them."""
    closed: list[Any] = []

    class WebSocket:
        async def close(self, code: int, reason: Any) -> None:
            closed.append((code, reason))

    socket: Any = WebSocket()
    for errors in ([{"loc": ("query", "q"), "input": b"abc"}], [{"input": b"\xff"}]):
        await websocket_request_validation_exception_handler(socket, WebSocketRequestValidationError(errors))

    assert closed == [(1008, [{"loc": ["query", "q"], "input": "abc"}]), (1008, [{"input": "\ufffd"}])]
