"""This module turns heads into the bytes and the header lists that leave, once for each Head.

Every header that leaves passes through here, on every path, so this is where its bytes are checked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from http import HTTPStatus

from zonda.seams import Head

_forbidden_in_name = re.compile(rb'[\x00-\x1f\x7f()<>@,;:\[\]={} \t\\"]').search
_forbidden_in_value = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]").search

HeaderItems = Iterable[tuple[bytes, bytes]]


def _status_line(status: int) -> bytes:
    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = ""
    return f"HTTP/1.1 {status} {phrase}\r\n".encode("ascii")


_STATUS_LINES = {status: _status_line(status) for status in range(100, 600)}
_STATUS_WITHOUT_BODY = frozenset({*range(100, 200), 204, 304})
_STATUS_WITHOUT_LENGTH = _STATUS_WITHOUT_BODY - {304}
"""RFC 9110, section 8.6: no length may be said of what has no content; a 304 says that of the 200 in its place."""


class Wire:
    """The bytes of a head, and what its fields say about framing."""

    __slots__ = (
        "closes",
        "ending",
        "is_chunked",
        "is_event_stream",
        "is_simple",
        "length",
        "lines",
        "opening",
        "opening_with",
        "status",
        "status_line",
        "without_body",
    )

    def __init__(self, status: int, headers: HeaderItems) -> None:
        self.status = status
        self.status_line = status_line(status)
        self.without_body = status in _STATUS_WITHOUT_BODY
        self.length: int | None = None
        """What the head itself declares; `lines` then has the field."""
        self.is_chunked = False
        """The head asks for chunks; `lines` does not have the field."""
        self.closes = False
        self.is_event_stream = False
        """Its client comes back by itself when it ends."""
        self.lines = self._join(headers)
        self.is_simple = not (self.without_body or self.closes or self.is_chunked or self.length is not None)
        """Nothing is decided about framing, so a whole body needs its length and no more."""
        self.opening = b""
        """All that stands before the length of a whole body."""
        self.opening_with: object = None
        """The server's own fields that `opening` was made with; they change once a second."""
        self.ending = self.lines + b"\r\n"
        """All that stands after it."""

    def _join(self, headers: HeaderItems) -> bytes:
        lines: list[bytes] = []
        length_line = -1
        for name, value in headers:
            start = line_start(name)
            if _forbidden_in_value(value):
                raise RuntimeError("Invalid HTTP header value.")
            if start == b"content-length: ":
                if self.length is not None or self.status in _STATUS_WITHOUT_LENGTH:
                    continue
                self.length = _length(value)
                length_line = len(lines)
            elif start == b"transfer-encoding: ":
                if value.lower() != b"chunked":
                    raise RuntimeError("A response may ask for one transfer coding: chunked.")
                self.is_chunked = True
                continue  # the writer chunks where the client can read it, and then says so
            elif start == b"connection: " and b"close" in [token.strip() for token in value.lower().split(b",")]:
                self.closes = True
            elif start == b"content-type: " and value.startswith(b"text/event-stream"):
                self.is_event_stream = True
            lines.append(b"%b%b\r\n" % (start, value))
        if self.is_chunked and length_line >= 0:  # both would let two readers see two different bodies
            del lines[length_line]
            self.length = None
        return b"".join(lines)


def _length(value: bytes) -> int:
    if not value.isdigit():
        raise RuntimeError(f"A length is digits, which {value!r} is not.")
    return int(value)


def status_line(status: int) -> bytes:
    try:
        return _STATUS_LINES[status]
    except KeyError:
        raise RuntimeError(f"{status} is not an HTTP status: use one from 100 to 599.") from None


@lru_cache(maxsize=1024)
def line_start(name: bytes) -> bytes:
    """`b"Content-Type"` → `b"content-type: "`; the cache makes the check free for the names in use."""
    if not name or _forbidden_in_name(name):
        raise RuntimeError("Invalid HTTP header name.")
    return name.lower() + b": "


def wire_of(head: Head) -> Wire:
    """The wire form of `head`, kept in it: heads that are known at startup are checked and joined once."""
    wire: Wire | None = head.wire
    if wire is None:
        wire = head.wire = Wire(head.status, head.headers)
    return wire


def join_lines(headers: HeaderItems) -> bytes:
    """Header lines that belong to no head: the server's own fields."""
    return Wire(200, headers).lines


def asgi_headers(head: Head, length: int | None) -> list[tuple[bytes, bytes]]:
    """The header list of an ASGI message; `length` is added unless the head speaks about framing."""
    wire = wire_of(head)
    if length is None or wire.is_chunked or wire.without_body or wire.length is not None:
        return list(head.headers)
    return [(b"content-length", b"%d" % length), *head.headers]
