"""This module says what one client may ask of a connection, with the reasons in `docs/limits.md`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """`ZondaProtocol.limits`, or `limits` of the server's config.

    None, and 0 for a time, a rate or a body, is no limit.
    """

    line_size: int = 16 * 1024
    """Bytes of a request line: 414 beyond."""
    head_size: int = 64 * 1024
    """Bytes of the request line, the header fields and the trailer fields together: 431 beyond."""
    head_fields: int = 256
    """Header and trailer fields of a request: 431 beyond."""
    chunk_extensions: int = 4 * 1024
    """Bytes of chunk extensions of a request: 431 beyond."""
    parsed_body: int | None = 32 * 1024 * 1024
    """Bytes of a body that is parsed in memory, JSON or urlencoded, where the application sets no limit: 413 beyond."""
    head_timeout: float | None = 10.0
    """Seconds from the connection, or from the first byte of a later request, to the end of the head: 408 beyond."""
    body_rate: float | None = 240.0
    """Bytes a second of a body: 408 below."""
    body_grace: float = 5.0
    """Seconds that a body may take to start flowing."""
    send_timeout: float | None = 60.0
    """Seconds in which a client that is sent something reads nothing: the connection is cut beyond."""
