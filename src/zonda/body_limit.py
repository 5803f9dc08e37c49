"""This module tells bodies that are too large, and limits what is parsed in memory where the application does not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

parsed_body_limit: ContextVar[int | None] = ContextVar("parsed_body_limit", default=None)
"""Bytes of a body that our own server lets be parsed in memory; None behind others, which have limits of their own."""

counted_limit: ContextVar[int | None] = ContextVar("counted_limit", default=None)
"""What counts now: None unless something is being parsed."""


def says_too_large(headers: Sequence[tuple[bytes, bytes]], limit: int) -> bool:
    """Whether a request's own fields tell that its body is over the limit."""
    return any(name == b"content-length" and value.isdigit() and int(value) > limit for name, value in headers)


@contextmanager
def parsed_in_memory(content_type: bytes) -> Iterator[None]:
    """Whoever reads the body inside gets HTTPException 413 past the limit. Uploads go to disk and are not limited."""
    if content_type.startswith(b"multipart/form-data"):
        yield
        return
    token = counted_limit.set(parsed_body_limit.get())
    try:
        yield
    finally:
        counted_limit.reset(token)
