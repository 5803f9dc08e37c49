"""Server-sent events: what may be in one, and its bytes."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from zonda.responses import EventSourceResponse
from zonda.sse import KEEPALIVE_COMMENT, ServerSentEvent, format_sse_event


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"data": 1, "raw_data": "x"}, "Cannot set both 'data' and 'raw_data' on the same ServerSentEvent. "),
        ({"data": 0, "raw_data": ""}, "Cannot set both 'data' and 'raw_data' on the same ServerSentEvent. "),
        ({"event": "a\nb"}, "SSE 'event' must be a single line"),
        ({"event": "a\r"}, "SSE 'event' must be a single line"),
        ({"id": "1\r\n2"}, "SSE 'id' must be a single line"),
        ({"id": "1\0"}, "SSE 'id' must not contain null characters"),
        ({"retry": -1}, "Input should be greater than or equal to 0"),
        ({"retry": 1.5}, "Input should be a valid integer"),
        ({"raw_data": 5}, "Input should be a valid string"),
    ],
)
def test_an_event_that_would_break_the_stream_is_refused(fields: dict[str, Any], message: str) -> None:
    """What a browser would read as two events or as none never gets that far, with FastAPI's words."""
    with pytest.raises(ValidationError, match=message):
        ServerSentEvent(**fields)


def test_an_event_may_have_any_field_alone() -> None:
    """Every field is optional, and other line separators of Unicode are no line ends in an event stream."""
    assert ServerSentEvent().data is None
    assert ServerSentEvent(data=None, raw_data="x").raw_data == "x"
    assert ServerSentEvent(event="a\u2028b\x0b", id="", retry=0, comment="two\nlines").event == "a\u2028b\x0b"


@pytest.mark.parametrize(
    ("fields", "written"),
    [
        ({}, b"\n"),
        ({"data_str": ""}, b"data: \n\n"),
        ({"data_str": "a\r\nb\rc\n"}, b"data: a\ndata: b\ndata: c\ndata: \n\n"),
        ({"data_str": "a\u2028b"}, "data: a\u2028b\n\n".encode()),
        ({"comment": "x\ny"}, b": x\n: y\n\n"),
        (
            {"data_str": "é", "event": "e", "id": "i", "retry": 0, "comment": "c"},
            ": c\nevent: e\ndata: é\nid: i\nretry: 0\n\n".encode(),
        ),
    ],
)
def test_the_bytes_of_an_event(fields: dict[str, Any], written: bytes) -> None:
    """Comment, event, data, id, retry, each line with its field, and a blank line."""
    assert format_sse_event(**fields) == written


def test_what_keeps_a_stream_open_is_a_comment() -> None:
    """Browsers ignore it; proxies see that the connection is in use."""
    assert KEEPALIVE_COMMENT == b": ping\n\n"
    assert EventSourceResponse(iter(())).headers["content-type"] == "text/event-stream; charset=utf-8"
