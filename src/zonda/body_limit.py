"""This module tells bodies that are too large, and limits what is parsed in memory where the application does not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

from starlette.middleware.body_limit import (
    RequestBodyLimitMiddleware,
    RequestBodyLimitResponder,
    _RequestBodyLimitResponseSent,
    _RequestBodyTooLarge,
)
from starlette.types import Receive, Scope, Send

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


def alone(error: BaseException) -> BaseException:
    """One error for a group of which all are the limit's: that the 413 was sent, else that the body is too large."""
    if not isinstance(error, ExceptionGroup) or error.split((_RequestBodyLimitResponseSent, _RequestBodyTooLarge))[1]:
        return error
    found: BaseException = error.subgroup(_RequestBodyLimitResponseSent) or error
    while isinstance(found, ExceptionGroup):
        found = found.exceptions[0]
    return found


SENDING_TELLS = (2, 4)
"""The version of ASGI from which `send` raises when the client has left."""


def refusal_of_stream(scope: Scope, refused: _RequestBodyLimitResponseSent) -> Exception:
    """What a stream raises when its head is refused.

    It listens for the end of its client meanwhile, which fails as well, unless the server tells it by `send`.
    """
    version = scope.get("asgi", {}).get("spec_version", "2.0")
    if tuple(map(int, version.split("."))) >= SENDING_TELLS:
        return refused
    return ExceptionGroup("unhandled errors in a TaskGroup", [_RequestBodyTooLarge(), refused])


class BodyLimitMiddleware(RequestBodyLimitMiddleware):
    """Starlette's limit, which also knows its own errors where a task group put them together."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        await RequestBodyLimitResponder(self._run, self.max_body_size)(scope, receive, send)

    async def _run(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self.app(scope, receive, send)
        except ExceptionGroup as group:
            error = alone(group)
            if error is group:
                raise
            raise error from group
