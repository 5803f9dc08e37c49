"""This module reads and parses JSON bodies."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from pydantic_core import from_json
from starlette.exceptions import HTTPException
from starlette.requests import Request

from zonda.exceptions import EndpointContext, RequestValidationError
from zonda.exceptions import HTTPException as ReadError
from zonda.runtime.errors import Errors, missing
from zonda.runtime.extraction import Choices
from zonda.runtime.surrogates import refuse_unpaired
from zonda.seams import Exchange

DEEPEST = 200
"""Lists and objects in each other; `from_json` reads no more either."""

_body_of_starlette = Request.body
json_of_starlette = Request.json
_loads = json.loads
"""As they were when this was imported: what was put in the place of one is asked instead."""


class Absent:
    """The type of ABSENT: there was no body, or no such key in it; `null` is a value."""

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT = Absent()


async def read_json(exchange: Exchange, place: EndpointContext, *, strict_content_type: bool = True) -> Any:
    """The parsed body, ABSENT if it is empty, its bytes if the content type does not say JSON.

    Raises RequestValidationError if it is no JSON, HTTPException 400 if it cannot be read.
    """
    try:
        # PERF: who comes natively was asked when the connection was made (benchmark: body).
        by_request = exchange.made_scope is not None and is_reading_replaced()
        content = await (exchange.request.body() if by_request else exchange.body())
        if not content:
            return ABSENT
        if not says_json(content_type_of(exchange.headers), strict_content_type):
            return content
        return await exchange.request.json() if by_request else parse_json(content)
    except json.JSONDecodeError as error:
        raise invalid_json(error, place) from error
    except HTTPException:
        raise
    except Exception as error:
        raise unreadable() from error


def is_reading_replaced() -> bool:
    """Someone put a function of their own in the place of one that reads bodies."""
    return Request.body is not _body_of_starlette or Request.json is not json_of_starlette


def invalid_json(error: json.JSONDecodeError, place: EndpointContext) -> RequestValidationError:
    """The answer to a body that says that it is JSON and is not."""
    what = {
        "type": "json_invalid",
        "loc": ("body", error.pos),
        "msg": "JSON decode error",
        "input": {},
        "ctx": {"error": error.msg},
    }
    return RequestValidationError([what], body=error.doc, endpoint_ctx=place)


def unreadable() -> ReadError:
    """The answer to a body that broke off or cannot be decoded."""
    return ReadError(status_code=400, detail="There was an error parsing the body")


def parse_json(content: bytes) -> Any:
    """What `json.loads` makes of it, three times as fast where both agree.

    Raises JSONDecodeError if it is no JSON, or would be a text that UTF-8 cannot hold, and RecursionError where lists
    and objects are nested deeper than whoever writes them down can follow.
    """
    if json.loads is not _loads:
        return json.loads(content)
    try:
        return from_json(content)
    except ValueError:
        # Byte order marks, UTF-16, numbers beyond JSON: json.loads has the last word on each.
        value = json.loads(content)
        refuse_unpaired(content)
        refuse_depth(value)
        return value


def refuse_depth(value: Any) -> None:
    """Raise RecursionError for more than DEEPEST levels, which Pydantic's serialiser would give up on."""
    level = [value]
    for _ in range(DEEPEST + 1):
        level = [item for one in level if isinstance(one, (list, dict)) for item in _items(one)]
        if not level:
            return
    raise RecursionError


def _items(container: list[Any] | dict[str, Any]) -> Iterable[Any]:
    return container if isinstance(container, list) else container.values()


def content_type_of(headers: list[tuple[bytes, bytes]]) -> bytes:
    for name, value in headers:
        if name == b"content-type":
            return value
    return b""


def says_json(content_type: bytes, strict: bool) -> bool:
    """Whether a body with this content type is parsed; one without is, unless the route is strict."""
    if content_type == b"application/json":
        return True
    return names_json(content_type) if content_type else not strict


@lru_cache(maxsize=256)
def names_json(content_type: bytes) -> bool:
    """`application/json` or `application/*+json`, with or without parameters."""
    main, slash, sub = content_type.decode("latin-1").partition(";")[0].strip().lower().partition("/")
    return bool(slash) and main == "application" and (sub == "json" or sub.endswith("+json"))


def keys_of(body: Any) -> dict[str, Any] | None:
    """The object whose keys are the body's parameters; None for JSON of another kind."""
    if isinstance(body, dict):
        return body
    return {} if body is ABSENT or isinstance(body, bytes) else None


def all_missing(errors: Errors | None, names: tuple[str, ...]) -> Errors:
    """Note that the body is no object: each of its parameters is missing, those with a default too."""
    for name in names:
        errors = missing(errors, ("body", name))
    return errors or []


def first_key(keys: dict[str, Any], choices: Choices) -> tuple[Any, str]:
    """The value under the first of several keys that is there, and the name that errors speak of."""
    for name, error_name in choices:
        if name in keys:
            return keys[name], error_name
    return ABSENT, choices[0][1]


def reported(body: Any) -> Any:
    """The body as validation errors carry it."""
    return None if body is ABSENT else body
