"""This module reads from a request's head how its body is framed, and refuses what two readers could read apart."""

from __future__ import annotations

import re

_is_host = re.compile(
    rb"(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._~!$&'()*+,;=%-]*)(?::[0-9]*)?",
).fullmatch

FRAMING_FIELDS = frozenset({b"content-length", b"expect", b"host", b"transfer-encoding", b"upgrade"})


class Refusal(Exception):
    """A request that is not read any further: answered in its turn, then the connection closes."""

    def __init__(self, status: int, text: str, reason: str = "") -> None:
        super().__init__(text)
        self.status = status
        self.text = text
        self.reason = reason
        """For the log: what exactly was wrong."""


def invalid(reason: str) -> Refusal:
    return Refusal(400, "Invalid HTTP request received.", reason)


class Framing:
    """What the fields of one head say that concerns the connection."""

    __slots__ = ("expects_continue", "fields", "host", "is_chunked", "upgrade", "version")

    def __init__(self, fields: list[tuple[bytes, bytes]], version: str) -> None:
        """`fields` are those with a name in FRAMING_FIELDS.

        Raises Refusal for a head that must not be answered (RFC 9112, sections 3.2 and 6.1).
        """
        self.fields = fields
        self.version = version
        self.host: bytes | None = None
        self.upgrade: bytes | None = None
        self.expects_continue = False
        self.is_chunked = False
        has_length = False
        for name, value in fields:
            if name == b"host":
                self._take_host(value)
            elif name == b"content-length":
                has_length = True
            elif name == b"transfer-encoding":
                self._take_transfer_encoding(value)
            elif name == b"expect":
                self.expects_continue = version == "1.1" and value.lower() == b"100-continue"
            else:
                self.upgrade = value.lower()
        if self.host is None and version == "1.1":
            raise invalid("no Host field")
        if self.is_chunked and (has_length or version != "1.1"):
            raise invalid("Transfer-Encoding with Content-Length, or in HTTP/1.0")

    def _take_host(self, value: bytes) -> None:
        if self.host is not None:
            raise invalid("two Host fields")
        if not _is_host(value):
            raise invalid("malformed Host field")
        self.host = value

    def _take_transfer_encoding(self, value: bytes) -> None:
        if self.is_chunked or value.lower() != b"chunked":
            raise invalid("Transfer-Encoding other than chunked")
        self.is_chunked = True
