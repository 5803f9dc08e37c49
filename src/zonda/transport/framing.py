"""This module reads from a request's head how its body is framed, and refuses what two readers could read apart."""

from __future__ import annotations

import re
from ipaddress import AddressValueError, IPv6Address

from zonda.transport.refusals import Refusal, invalid

# PERF: a set that repeats is one step, where a choice between it and an escape is one for each byte (`checks`).
_authority = re.compile(
    rb"(?:\[([0-9A-Fa-f:.]+)\]"
    rb"|[A-Za-z0-9._~!$&'()*+,;=-]*+(?:%[0-9A-Fa-f]{2}[A-Za-z0-9._~!$&'()*+,;=-]*+)*+)"
    rb"(?::([0-9]{0,5}))?",
).fullmatch
_LAST_PORT = 65535
_is_length = re.compile(rb"[0-9]{1,18}").fullmatch
_is_token = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+").fullmatch

FRAMING_FIELDS = frozenset({b"connection", b"content-length", b"expect", b"host", b"transfer-encoding", b"upgrade"})


class Framing:
    """What the fields of one head say that concerns the connection."""

    __slots__ = (
        "expects_continue",
        "fields",
        "has_body",
        "host",
        "is_chunked",
        "keeps_alive",
        "length",
        "upgrade",
        "version",
    )

    def __init__(self, fields: list[tuple[bytes, bytes]], version: str) -> None:
        """`fields` are those with a name in FRAMING_FIELDS.

        Raises Refusal for a head that must not be answered (RFC 9112, sections 3.2, 6.1 and 6.3).
        """
        self.fields = fields
        self.version = version
        self.host: bytes | None = None
        self.expects_continue = False
        self.is_chunked = False
        self.length: int | None = None
        """What Content-Length says."""
        self.upgrade: bytes | None = None
        """The protocol asked for, in lower case, if Connection names the field as well."""
        options: list[bytes] = []
        codings: list[bytes] = []
        for name, value in fields:
            if name == b"host":
                self._take_host(value)
            elif name == b"connection":
                options += _listed(value)
            elif name == b"content-length":
                self._take_length(value)
            elif name == b"transfer-encoding":
                codings.append(value)
            elif name == b"expect":
                self.expects_continue |= version == "1.1" and b"100-continue" in _listed(value)
            else:
                self.upgrade = value.lower()
        if self.host is None and version == "1.1":
            raise invalid("no Host field")
        if codings:
            self._take_transfer_encoding(b",".join(codings))
        # HTTP/1.0 connections are not kept, as with Uvicorn, and not upgraded (RFC 9110, section 7.8).
        self.keeps_alive = version == "1.1" and b"close" not in options
        self.has_body = self.is_chunked or bool(self.length)
        if version != "1.1" or b"upgrade" not in options:
            self.upgrade = None

    def _take_host(self, value: bytes) -> None:
        if self.host is not None:
            raise invalid("two Host fields")
        if not is_authority(value):
            raise invalid("malformed Host field")
        self.host = value

    def _take_length(self, value: bytes) -> None:
        if self.length is not None:
            raise invalid("two Content-Length fields")
        if not _is_length(value):
            raise invalid("malformed Content-Length field")
        self.length = int(value)

    def _take_transfer_encoding(self, value: bytes) -> None:
        codings = _listed(value)
        if self.length is not None or self.version != "1.1":
            raise invalid("Transfer-Encoding with Content-Length, or in HTTP/1.0")
        if codings[-1] != b"chunked" or codings.count(b"chunked") > 1 or not all(map(_is_token, codings)):
            raise invalid("Transfer-Encoding that does not end in one chunked")
        if len(codings) > 1:
            raise Refusal(501, "Transfer coding not implemented", b", ".join(codings).decode("ascii"))
        self.is_chunked = True


def is_authority(value: bytes) -> bool:
    """`host`, `host:port` or nothing: what `request.url` and every other reader takes apart in the same way."""
    found = _authority(value)
    if found is None:
        return False
    address, port = found.groups()
    if address is not None:
        try:
            IPv6Address(address.decode("ascii"))
        except AddressValueError:
            return False
    return not port or int(port) <= _LAST_PORT


def _listed(value: bytes) -> list[bytes]:
    return [item.strip(b" \t") for item in value.lower().split(b",")]
