"""This module knows how much time is left to answer the request that is being worked on."""

from __future__ import annotations

from contextvars import ContextVar, Token

from zonda.clock import monotonic
from zonda.exceptions import HTTPException

_ends_at: ContextVar[float | None] = ContextVar("ends_at", default=None)

Ending = Token[float | None]


class DeadlineExceeded(HTTPException):
    """The time of a request was over before there was an answer: 504, unless a handler says otherwise."""

    def __init__(self) -> None:
        super().__init__(504)


def deadline() -> float | None:
    """Seconds that are left to answer this request, never below 0; None where its route has no `deadline`.

    await client.get(url, timeout=zonda.deadline())
    """
    ends_at = _ends_at.get()
    return None if ends_at is None else max(0.0, ends_at - monotonic())


def begin_deadline(seconds: float) -> Ending:
    """Let `deadline()` count down from now on."""
    return _ends_at.set(monotonic() + seconds)


def end_deadline(ending: Ending) -> None:
    """Let it say again what it said before."""
    _ends_at.reset(ending)
