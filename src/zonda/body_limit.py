"""This module lets the server's limit count while a body is parsed in memory, where the application sets none."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

parsed_body_limit: ContextVar[int | None] = ContextVar("parsed_body_limit", default=None)
"""Bytes of a body that our own server lets be parsed in memory; None behind others, which have limits of their own."""

counted_limit: ContextVar[int | None] = ContextVar("counted_limit", default=None)
"""What counts now: None unless something is being parsed."""


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
