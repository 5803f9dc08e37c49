"""JSON goes out with FastAPI's bytes, whichever way it is encoded."""

from __future__ import annotations

import datetime
import decimal
import enum
import json
from collections import OrderedDict, defaultdict, deque, namedtuple
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel
from starlette.responses import JSONResponse

from zonda.encoders import jsonable_encoder
from zonda.runtime.encoding import encode_content, encode_item, encode_json, encode_text


class Colour(enum.Enum):
    RED = "red"


class Level(enum.IntEnum):
    LOW = 1


class Word(str):
    __slots__ = ()


class Model(BaseModel):
    at: datetime.datetime = datetime.datetime(2026, 1, 2, tzinfo=datetime.UTC)
    ratio: float = 0.1


@dataclass
class Point:
    x: int
    colour: Colour = Colour.RED


Pair = namedtuple("Pair", "a b")

LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(),
    st.text(alphabet='_sa\ud800\u2028"\\é', max_size=4),
    st.binary(max_size=4),
    st.decimals(allow_nan=False),
    st.datetimes(),
    st.timedeltas(),
    st.uuids(),
    st.sampled_from(
        [Colour.RED, Level.LOW, Word("word"), Model(), Point(1), Pair(1, 2), PurePosixPath("/a"), {1, 2}, deque([1])]
    ),
    st.builds(object),
)
KEYS = st.one_of(
    st.text(max_size=3),
    st.sampled_from(["_sa_state", "_s", None, True, 1, 1.5, float("inf"), Colour.RED, Level.LOW, (1, 2), UUID(int=1)]),
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.tuples(inner, inner),
        st.dictionaries(KEYS, inner, max_size=3),
        st.dictionaries(KEYS, inner, max_size=2).map(OrderedDict),
        st.dictionaries(KEYS, inner, max_size=2).map(lambda items: defaultdict(list, items)),
    ),
    max_leaves=6,
)


def outcome(encode: Any, value: Any) -> Any:
    """The bytes, or what kind of error there is."""
    try:
        return encode(value)
    except Exception as error:  # noqa: BLE001  (errors have to be the same too)
        return type(error)


def render(content: Any) -> bytes:
    """JSONResponse's bytes, of numbers that JSON has words for."""
    try:
        return bytes(JSONResponse(content).body)
    except ValueError:
        return bytes(JSONResponse(json.loads(json.dumps(content), parse_constant=lambda _: None)).body)


def render_value(value: Any) -> bytes:
    """The same of any value, of bytes that are text."""
    return render(jsonable_encoder(value, custom_encoder={bytes: lambda data: data.decode(errors="replace")}))


@given(VALUES)
def test_same_bytes_as_the_long_way(value: Any) -> None:
    """The short way gives the bytes of `JSONResponse(jsonable_encoder(value))`, or its error."""
    assert outcome(encode_json, value) == outcome(render_value, value)


@given(VALUES)
def test_content_is_a_json_response(value: Any) -> None:
    """What is JSON already is encoded as JSONResponse does."""
    assert outcome(encode_content, value) == outcome(render, value)


@pytest.mark.parametrize("after", [1, object(), float("nan"), {"_sa": 1}], ids=["plain", "object", "nan", "_sa"])
def test_generators_are_read_once(after: Any) -> None:
    """A generator in a value is whole in the answer, even if the short way had to give up."""
    value = [(number for number in range(3)), {"after": after}]
    expected = [[0, 1, 2], {"after": after}]

    assert outcome(encode_json, value) == outcome(encode_json, expected)


@pytest.mark.parametrize(
    ("item", "line"),
    [
        ({"a": [1, "é"]}, b'{"a": [1, "\\u00e9"]}'),
        ({"nan": [float("nan")], float("inf"): float("-inf")}, b'{"nan": [null], "Infinity": null}'),
        ({"_sa": 1, "b": 2}, b'{"b": 2}'),
        (Model(ratio=2), b'{"at": "2026-01-02T00:00:00Z", "ratio": 2.0}'),
        (decimal.Decimal("1.50"), b"1.5"),
        (None, b"null"),
    ],
)
def test_untyped_items(item: Any, line: bytes) -> None:
    """Items of no declared type look as `json.dumps` writes them, with null for numbers that JSON has no word for."""
    assert encode_item(item) == line


@pytest.mark.parametrize(("content", "expected"), [("é", "é".encode()), (b"raw", b"raw"), (None, b"")])
def test_text(content: Any, expected: bytes) -> None:
    """Text is sent as it is, nothing as nothing."""
    assert encode_text(content) == expected
