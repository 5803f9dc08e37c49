"""This module reads request targets that do not simply begin with a path (RFC 9112, section 3.2)."""

from __future__ import annotations

from zonda.transport.framing import is_authority
from zonda.transport.refusals import Refusal, invalid


def split_target(method: str, target: bytes) -> tuple[bytes, bytes, bytes | None]:
    """The path, the query and, of the absolute form, the authority.

    Raises Refusal for what is in none of the forms, or could name another path to another reader.
    """
    if b"#" in target:
        raise invalid("target with a fragment")
    if target == b"*":
        return _asterisk(method)
    return _absolute(target)


def _asterisk(method: str) -> tuple[bytes, bytes, None]:
    if method != "OPTIONS":
        raise invalid("asterisk form without OPTIONS")
    return b"*", b"", None


def _absolute(target: bytes) -> tuple[bytes, bytes, bytes]:
    scheme, found, rest = target.partition(b"://")
    if not found or scheme.lower() not in (b"http", b"https"):
        raise invalid("target in none of the forms of RFC 9112")
    before_query, _, query = rest.partition(b"?")
    authority, slash, path = before_query.partition(b"/")
    if not authority or authority.startswith(b":") or not is_authority(authority):
        raise invalid("target with a malformed authority")
    return slash + path or b"/", query, authority


def version_refusal(version: bytes) -> Refusal:
    """The answer to a request line that is not exactly `method SP target SP HTTP/1.x`."""
    if version.startswith(b"HTTP/") and version not in (b"HTTP/1.0", b"HTTP/1.1"):
        return Refusal(505, "HTTP Version Not Supported", f"version {version!r}")
    return invalid("malformed request line")
