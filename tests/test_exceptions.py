"""The exceptions: what they carry, what their text says, what catches them."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.exceptions import WebSocketException as StarletteWebSocketException

from zonda import exceptions
from zonda.exceptions import (
    EndpointContext,
    HTTPException,
    RequestValidationError,
    ResponseValidationError,
    ValidationException,
    WebSocketException,
    WebSocketRequestValidationError,
)

MISSING = {"type": "missing", "loc": ("query", "q"), "msg": "Field required", "input": None}
PLACE: EndpointContext = {"function": "read", "path": "GET /items", "file": "/shop/items.py", "line": 3}


def test_starlettes_handlers_catch_ours() -> None:
    """What packages register for Starlette's exceptions sees Zonda's."""
    error = HTTPException(404, headers={"x-a": "1"})

    assert isinstance(error, StarletteHTTPException)
    assert (error.status_code, error.detail, error.headers) == (404, "Not Found", {"x-a": "1"})
    assert isinstance(WebSocketException(1008, "why"), StarletteWebSocketException)


@pytest.mark.parametrize(
    ("place", "text"),
    [
        (None, ""),
        (PLACE, '\n\n  File "/shop/items.py", line 3, in read\n    GET /items'),
        ({**PLACE, "path": ""}, '\n\n  File "/shop/items.py", line 3, in read'),
        ({"path": "GET /items"}, "\n\n  Endpoint: GET /items"),
        ({"path": "GET /items", "file": "/shop/items.py", "line": 3}, "\n\n  Endpoint: GET /items"),
        ({"function": "read"}, ""),
    ],
)
@pytest.mark.parametrize("kind", [RequestValidationError, WebSocketRequestValidationError, ResponseValidationError])
def test_the_text_lists_the_errors_and_names_the_endpoint(kind: Any, place: Any, text: str) -> None:
    """As much of the place as is known, in the form in which tracebacks and editors have it."""
    assert str(kind([MISSING], endpoint_ctx=place)) == f"1 validation error:\n  {MISSING}{text}"
    assert str(kind([MISSING, "b"], endpoint_ctx=place)) == f"2 validation errors:\n  {MISSING}\n  b{text}"
    assert str(kind([], endpoint_ctx=place)) == f"0 validation errors:{text}"


def test_errors_carry_what_they_are_about() -> None:
    """The list of errors, what was sent or returned, and the endpoint's place as attributes."""
    error = RequestValidationError([MISSING], body={"a": 1}, endpoint_ctx=PLACE)

    assert (error.errors(), error.body) == ([MISSING], {"a": 1})
    assert (error.endpoint_function, error.endpoint_path) == ("read", "GET /items")
    assert (error.endpoint_file, error.endpoint_line, error.endpoint_ctx) == ("/shop/items.py", 3, PLACE)
    assert ResponseValidationError([], body=5).body == 5
    assert ValidationException([]).endpoint_file is None


def test_the_hierarchy_is_fastapis() -> None:
    """What catches one of these on FastAPI catches it here."""
    assert issubclass(exceptions.DependencyScopeError, exceptions.FastAPIError)
    assert issubclass(exceptions.PydanticV1NotSupportedError, exceptions.FastAPIError)
    assert issubclass(exceptions.FastAPIError, RuntimeError)
    assert issubclass(exceptions.FastAPIDeprecationWarning, UserWarning)
    assert exceptions.ZondaError is exceptions.FastAPIError
    assert (exceptions.RequestErrorModel.__name__, exceptions.WebSocketErrorModel.__name__) == ("Request", "WebSocket")
