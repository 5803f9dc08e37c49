"""Parameters are read as Starlette reads them, in less time."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import Headers, QueryParams

from zonda.runtime.extraction import (
    first_choice,
    first_header,
    first_header_list,
    first_headers,
    first_list,
    listed,
    listed_headers,
    parse_query,
    query_pairs,
)

QUERIES = st.lists(st.sampled_from([*"a=&&=%+;1f", "%c3%a9", "é", "%00", "\x85"]), max_size=9).map(
    lambda parts: "".join(parts).encode("latin-1")
)
HEADERS = st.lists(st.tuples(st.sampled_from([b"a", b"b"]), st.sampled_from([b"", b"1", b"\xff"])), max_size=5)


@given(QUERIES)
def test_queries(query_string: bytes) -> None:
    """Blank values, repeated names, escapes, plus signs and invalid UTF-8 mean what they mean in Starlette."""
    expected = QueryParams(query_string)

    assert query_pairs(query_string) == expected.multi_items()
    assert parse_query(query_string) == dict(expected)
    assert listed(query_pairs(query_string), "a") == expected.getlist("a")


@given(HEADERS)
def test_headers(headers: list[tuple[bytes, bytes]]) -> None:
    """The first of repeated headers counts, or all of them."""
    expected = Headers(raw=headers)

    assert {name.decode(): value.decode("latin-1") for name, value in first_headers(headers).items()} == dict(expected)
    assert first_header(headers, b"a") == first_headers(headers).get(b"a")
    assert listed_headers(headers, b"a") == expected.getlist("a")


def test_choices() -> None:
    """The first name that is present wins, and errors speak of it; of the first name if none is."""
    choices = (("a", "A"), ("b", "B"))

    assert first_choice({"b": "1"}, choices) == ("1", "B")
    assert first_choice({"b": "1", "a": ""}, choices) == ("", "A")
    assert first_choice({}, choices) == (None, "A")
    assert first_list([("b", "1"), ("b", "2")], choices) == (["1", "2"], "B")
    assert first_list([], choices) == ([], "A")
    assert first_header_list([(b"x", b"1")], ((b"a", "a"), (b"x", "x"))) == (["1"], "x")
    assert first_header_list([], ((b"a", "a"),)) == ([], "a")
