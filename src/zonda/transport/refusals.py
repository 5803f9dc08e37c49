"""This module holds the answers to what is no request, or asks for more than the limits allow."""

from __future__ import annotations

import json

from zonda.transport.wire import Wire

_CLOSES = (b"connection", b"close")
_PLAIN = (b"content-type", b"text/plain; charset=utf-8")
_JSON = (b"content-type", b"application/json")


class Refusal(Exception):
    """A request that is not read any further: answered in its turn, then the connection closes."""

    def __init__(self, status: int, text: str, reason: str = "") -> None:
        super().__init__(text)
        self.status = status
        self.text = text
        self.reason = reason
        """For the log: what exactly was wrong."""

    def answer(self) -> tuple[Wire, bytes]:
        """400 as Uvicorn says it, all others as JSON with FastAPI's key."""
        if self.status == 400:
            return Wire(400, (_PLAIN, _CLOSES)), self.text.encode("ascii")
        return Wire(self.status, (_JSON, _CLOSES)), json.dumps({"detail": self.text}).encode("ascii")


def invalid(reason: str) -> Refusal:
    return Refusal(400, "Invalid HTTP request received.", reason)


def line_too_long() -> Refusal:
    return Refusal(414, "URI Too Long", "request line too long")


def head_too_large(reason: str = "head too large") -> Refusal:
    return Refusal(431, "Request Header Fields Too Large", reason)


def too_slow(reason: str) -> Refusal:
    return Refusal(408, "Request Timeout", reason)
