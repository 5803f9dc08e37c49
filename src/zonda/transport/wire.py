"""This module turns heads into the bytes and the header lists that leave, once for each Head.

Every header that leaves passes through here, on every path, so this is where its bytes are checked.
"""

from __future__ import annotations

import re
from functools import lru_cache
from http import HTTPStatus

from zonda.seams import Head, RawHeaders

_FORBIDDEN_IN_NAME = re.compile(rb'[\x00-\x1f\x7f()<>@,;:\[\]={} \t\\"]')
_FORBIDDEN_IN_VALUE = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")

forbidden_in_value = _FORBIDDEN_IN_VALUE.search

STATUS_WITHOUT_BODY = frozenset({*range(100, 200), 204, 304})


def _status_line(status: int) -> bytes:
    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = ""
    return f"HTTP/1.1 {status} {phrase}\r\n".encode("ascii")


STATUS_LINES = {status: _status_line(status) for status in range(100, 600)}


class Wire:
    """The bytes of a head, and what its fields say about framing."""

    __slots__ = ("closes", "has_framing", "is_chunked", "length", "lines", "without_body")

    def __init__(self, status: int, headers: RawHeaders) -> None:
        parts = [status_line(status)]
        self.length: int | None = None
        self.is_chunked = False
        self.closes = False
        self.without_body = status in STATUS_WITHOUT_BODY
        for name, value in headers:
            start = line_start(name)
            if forbidden_in_value(value):
                raise RuntimeError("Invalid HTTP header value.")
            if start in _FRAMING:
                self._note_framing(start, value)
            parts += (start, value, b"\r\n")
        self.lines = b"".join(parts)
        self.has_framing = self.length is not None or self.is_chunked
        """The head says itself how its body ends."""

    def _note_framing(self, start: bytes, value: bytes) -> None:
        if start == b"connection: ":
            self.closes = self.closes or b"close" in [token.strip() for token in value.lower().split(b",")]
        elif start == b"transfer-encoding: ":
            self.is_chunked = value.lower() == b"chunked"
        elif self.length is None and not self.is_chunked:
            self.length = int(value)


_FRAMING = frozenset({b"connection: ", b"content-length: ", b"transfer-encoding: "})


def status_line(status: int) -> bytes:
    try:
        return STATUS_LINES[status]
    except KeyError:
        raise RuntimeError(f"{status} is not an HTTP status: use one from 100 to 599.") from None


@lru_cache(maxsize=1024)
def line_start(name: bytes) -> bytes:
    """`b"Content-Type"` → `b"content-type: "`; the cache makes the check free for the names in use."""
    if not name or _FORBIDDEN_IN_NAME.search(name):
        raise RuntimeError("Invalid HTTP header name.")
    return name.lower() + b": "


def wire_of(head: Head) -> Wire:
    """The wire form of `head`, kept in it: heads that are known at startup are checked and joined once."""
    wire: Wire | None = head.wire
    if wire is None:
        wire = head.wire = Wire(head.status, head.headers)
    return wire


def asgi_headers(head: Head, length: int | None) -> list[tuple[bytes, bytes]]:
    """The header list of an ASGI message; `length` is added unless the head speaks about framing."""
    wire = wire_of(head)
    if length is None or wire.has_framing or wire.without_body:
        return list(head.headers)
    return [(b"content-length", b"%d" % length), *head.headers]


def join_lines(headers: list[tuple[bytes, bytes]]) -> bytes:
    """Header lines for the server's own fields, checked like all others."""
    parts: list[bytes] = []
    for name, value in headers:
        if forbidden_in_value(value):
            raise RuntimeError("Invalid HTTP header value.")
        parts += (line_start(name), value, b"\r\n")
    return b"".join(parts)
