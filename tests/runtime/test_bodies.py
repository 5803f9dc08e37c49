"""JSON bodies: which are parsed, what they mean, and how one fails."""

from __future__ import annotations

import json
from email.message import Message
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from tests.runtime.exchanges import exchange_with
from zonda.exceptions import EndpointContext, HTTPException, RequestValidationError
from zonda.runtime.bodies import ABSENT, keys_of, names_json, parse_json, read_json, reported

PLACE = EndpointContext(function="create")
JSON = b"application/json"


async def read(body: bytes, content_type: bytes | None = JSON, *, strict: bool = True) -> Any:
    headers = [] if content_type is None else [(b"content-type", content_type)]
    return await read_json(exchange_with(body=body, headers=headers), PLACE, strict_content_type=strict)


@pytest.mark.anyio
async def test_which_bodies_are_parsed() -> None:
    """JSON by its content type is parsed; without one only where the route is not strict; all else is bytes."""
    assert await read(b'{"a": 1}') == {"a": 1}
    assert await read(b"[1]", b"application/geo+json; charset=utf-8") == [1]
    assert await read(b"[1]", None) == b"[1]"
    assert await read(b"[1]", None, strict=False) == [1]
    assert await read(b"[1]", b"text/plain", strict=False) == b"[1]"
    assert await read(b"null") is None
    assert await read(b"") is ABSENT


@pytest.mark.anyio
async def test_syntax_error() -> None:
    """What is not JSON is a 422 that says where, in the words of `json.loads`."""
    with pytest.raises(RequestValidationError) as caught:
        await read(b'{"a": }')

    assert caught.value.errors() == [
        {
            "type": "json_invalid",
            "loc": ("body", 6),
            "msg": "JSON decode error",
            "input": {},
            "ctx": {"error": "Expecting value"},
        }
    ]
    assert caught.value.body == '{"a": }'
    assert caught.value.endpoint_ctx is PLACE


@pytest.mark.anyio
async def test_unreadable_body() -> None:
    """A body that cannot be decoded, or that breaks off, is a 400; a refusal keeps its status."""
    with pytest.raises(HTTPException) as caught:
        await read(b"\xff")
    assert (caught.value.status_code, caught.value.detail) == (400, "There was an error parsing the body")

    for raised, status in ((OSError("gone"), 400), (HTTPException(413), 413)):
        with pytest.raises(HTTPException) as caught:
            await read_json(exchange_with(error=raised), PLACE)
        assert caught.value.status_code == status


@given(
    st.text(alphabet="aplictonjs/+; =x-", max_size=24) | st.sampled_from(["application/json", "Application/X+JSON;a=b"])
)
def test_content_types(content_type: str) -> None:
    """A content type names JSON exactly when the standard library's parser finds that type in it."""
    message = Message()
    message["content-type"] = content_type
    sub = message.get_content_subtype()

    expected = message.get_content_maintype() == "application" and (sub == "json" or sub.endswith("+json"))
    assert names_json(content_type.encode()) == expected


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda it: st.lists(it) | st.dictionaries(st.text(), it),
    )
)
def test_parsing(value: Any) -> None:
    """Whatever is written is read as `json.loads` reads it."""
    content = json.dumps(value).encode()

    assert repr(parse_json(content)) == repr(json.loads(content))


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf[1]",
        "[1]".encode("utf-16"),
        '["\\ud83d\\ude00 \U0001f600"]'.encode("utf-16"),
        b'\xef\xbb\xbf["\\\\ud800"]',
        b"[NaN, -Infinity]",
        b"1" * 4000,
    ],
)
def test_json_loads_has_the_last_word(content: bytes) -> None:
    """Byte order marks, UTF-16, whole surrogate pairs and numbers beyond JSON are read as `json.loads` reads them."""
    assert repr(parse_json(content)) == repr(json.loads(content))


@pytest.mark.parametrize(
    ("content", "position"),
    [
        (b'"\\ud800"', 1),
        (b'["\\uDBFF\\uDBFF\\udfff"]', 2),
        (b'{"a": "\\ude00\\ud83d"}', 7),
        (b'{"\\\\\\ud800": 1}', 4),
        (b'"\xed\xa0\xbd"', 1),
        (b'\xef\xbb\xbf"\\udc00"', 1),
        ('"\\ud83d\\ude00\\ude00"'.encode("utf-16"), 13),
    ],
)
def test_half_of_a_surrogate_pair_is_refused(content: bytes, position: int) -> None:
    """UTF-8 cannot hold it, so whoever writes it down would fail; escaped or not, it is named where it stands."""
    with pytest.raises(json.JSONDecodeError, match="Unpaired surrogate") as caught:
        parse_json(content)

    assert caught.value.pos == position


def test_a_replaced_json_loads_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tools put a quicker parser, or one that fails, in the place of `json.loads`; then it alone parses."""
    monkeypatch.setattr(json, "loads", lambda content: [content])

    assert parse_json(b"{}") == [b"{}"]


@pytest.mark.anyio
async def test_replaced_methods_of_request_are_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tools put functions of their own in the place of `Request.body` and `Request.json`; then these read the body."""

    async def text(request: Request) -> Any:
        return [(await request.body()).decode()]

    with monkeypatch.context() as patch:
        patch.setattr(Request, "json", text)
        assert await read(b"{}") == ["{}"]

    async def other(request: Request) -> bytes:
        return b'"other"'

    monkeypatch.setattr(Request, "body", other)
    assert await read(b"{}") == "other"


def test_keys() -> None:
    """An object has keys, nothing and raw bytes have none, and other JSON is no object."""
    assert keys_of({"a": 1}) == {"a": 1}
    assert keys_of(ABSENT) == keys_of(b"raw") == {}
    assert keys_of(None) is keys_of([1]) is keys_of("text") is None
    assert reported(ABSENT) is None
    assert reported(b"raw") == b"raw"
