"""What leaves as a head is checked once and joined once."""

from __future__ import annotations

import pytest

from zonda.seams import Head
from zonda.transport.wire import Wire, asgi_headers, wire_of


@pytest.mark.parametrize("value", [b"a\r\nb: c", b"a\nb", b"a\rb", b"a\x00b", b"a\x7f"])
def test_control_bytes_in_a_value_are_refused(value: bytes) -> None:
    """No value can end its line: neither CR nor LF nor NUL leaves in a header."""
    with pytest.raises(RuntimeError, match="Invalid HTTP header value"):
        Wire(200, [(b"x", value)])


@pytest.mark.parametrize("name", [b"a b", b"a:", b"a\r\n", b"", b"a(b"])
def test_names_are_tokens(name: bytes) -> None:
    """A name that is no token is refused."""
    with pytest.raises(RuntimeError, match="Invalid HTTP header name"):
        Wire(200, [(name, b"x")])


def test_the_asgi_path_checks_too() -> None:
    """Behind other servers the same bytes are refused."""
    with pytest.raises(RuntimeError):
        asgi_headers(Head(200, ((b"x", b"a\r\nb"),)), 0)


def test_a_head_is_joined_once() -> None:
    """The wire form stays with its head."""
    head = Head(200, ((b"x", b"y"),))

    assert wire_of(head) is wire_of(head)
    assert wire_of(head).lines == b"x: y\r\n"


def test_chunks_win_over_a_length() -> None:
    """A head with both fields leaves with one meaning: two would let two readers see two bodies."""
    wire = Wire(200, [(b"content-length", b"5"), (b"transfer-encoding", b"chunked")])

    assert wire.length is None
    assert wire.is_chunked
    assert wire.lines == b""


def test_a_length_is_added_where_the_head_has_none() -> None:
    """ASGI messages carry the length of a whole body, and never for a status that has none."""
    assert asgi_headers(Head(200), 5) == [(b"content-length", b"5")]
    assert asgi_headers(Head(200, ((b"content-length", b"7"),)), 5) == [(b"content-length", b"7")]
    assert asgi_headers(Head(304), 0) == []


def test_a_status_that_is_none_is_refused() -> None:
    """A status outside HTTP's range is the developer's mistake."""
    with pytest.raises(RuntimeError, match="99 is not an HTTP status"):
        Wire(99, [])
