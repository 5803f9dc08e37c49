"""This module encodes values as JSON with FastAPI's bytes, in one pass of C wherever that gives them."""

from __future__ import annotations

import json
import json.encoder
from collections.abc import Callable
from math import isfinite
from types import GeneratorType
from typing import Any

from starlette.responses import JSONResponse, Response

from zonda.encoders import jsonable_encoder

_render = JSONResponse.render
Chunks = Callable[[Any, int], tuple[str, ...]]


class _LongWayError(Exception):
    """The short way met something that can be read only once."""


def _encode_other(value: Any) -> Any:
    if isinstance(value, GeneratorType):
        raise _LongWayError
    return jsonable_encoder(value)


def _encoder(string_encoder: str, key_separator: str, item_separator: str) -> Chunks:
    """The standard library's C encoder, made once; `json.dumps` makes one for each call."""
    encode_string = getattr(json.encoder, string_encoder)
    no_circles = None  # they end in a RecursionError, as in jsonable_encoder
    return json.encoder.c_make_encoder(  # type: ignore[attr-defined,no-any-return]  # typeshed lacks it
        no_circles, _encode_other, encode_string, None, key_separator, item_separator, False, False, False
    )


_compact = _encoder("encode_basestring", ":", ",")
_spaced = _encoder("encode_basestring_ascii", ": ", ", ")


def encode_json(value: Any) -> bytes:
    """The bytes of `JSONResponse(jsonable_encoder(value))`, and of what is near where that fails over numbers or bytes.

    PERF: one pass gives them for nearly every value (benchmark `hello`). What it refuses, and what jsonable_encoder
    leaves out (SQLAlchemy's keys, which begin with `_sa`), is encoded by the two themselves.
    """
    try:
        content = "".join(_compact(value, 0))
        if '"_sa' not in content:
            return content.encode()
    except Exception:  # noqa: BLE001  (the long way raises what is to be raised)
        pass
    return encode_content(jsonable_encoder(value, custom_encoder=_NO_TEXT))


_NO_TEXT: dict[Any, Callable[[Any], Any]] = {bytes: lambda data: data.decode(errors="replace")}
"""A client chooses the bytes of a file, which need not be text."""


def encode_content(content: Any) -> bytes:
    """The bytes of `JSONResponse(content)`, with null for each number that JSON has no word for."""
    try:
        return _dump(content)
    except ValueError:  # also what holds itself, or text that UTF-8 cannot hold: raised again
        return _dump(finite(content))


def _dump(content: Any) -> bytes:
    return json.dumps(content, ensure_ascii=False, allow_nan=False, indent=None, separators=(",", ":")).encode()


def writes_finite_numbers(response_class: type[Response]) -> bool:
    """A class that writes JSON as Starlette does, who refuses infinity and NaN; one with a way of its own need not."""
    return issubclass(response_class, JSONResponse) and response_class.render is _render


def encode_text(value: Any) -> bytes:
    """The bytes of a response whose content is text."""
    content = value if isinstance(value, str) else jsonable_encoder(value)
    if content is None:
        return b""
    return content if isinstance(content, bytes) else content.encode()


def encode_item(value: Any) -> bytes:
    """One item of a stream whose items have no declared type: numbers that JSON has no word for become null."""
    try:
        content = "".join(_spaced(value, 0))
    except Exception:  # noqa: BLE001  (the long way raises what is to be raised)
        return _encode_item_slowly(value)
    return _encode_item_slowly(value) if '"_sa' in content else content.encode()


def _encode_item_slowly(value: Any) -> bytes:
    return json.dumps(finite(jsonable_encoder(value))).encode()


def finite(value: Any) -> Any:
    """What JSON can hold, with null for each number that it has no word for."""
    if isinstance(value, float):
        return value if isfinite(value) else None
    if isinstance(value, dict):
        return {_finite_key(key): finite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [finite(item) for item in value]
    return value


def _finite_key(key: Any) -> Any:
    return json.dumps(key) if isinstance(key, float) and not isfinite(key) else key
