"""This module holds server-sent events: what an endpoint yields and how it looks on the wire."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from starlette.responses import StreamingResponse

from zonda.late import late_names

if TYPE_CHECKING:
    from zonda.server_sent_event import ServerSentEvent

__all__ = ["KEEPALIVE_COMMENT", "EventSourceResponse", "ServerSentEvent", "format_sse_event"]

KEEPALIVE_COMMENT = b": ping\n\n"
"""Sent when a stream was silent for `_PING_INTERVAL`, so that proxies keep it open; browsers ignore comments."""

_PING_INTERVAL = 15.0
"""Seconds of silence; looked up for each stream, so that tests can shorten it."""

_SSE_EVENT_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "data": {"type": "string"},
        "event": {"type": "string"},
        "id": {"type": "string"},
        "retry": {"type": "integer", "minimum": 0},
    },
}
"""What OpenAPI says of an event whose data is any text."""

_LINE_END = re.compile(r"\r\n|\r|\n")


class EventSourceResponse(StreamingResponse):
    """Name it as `response_class` of an endpoint that yields, and each item becomes a server-sent event.

    Any method will do. Items are `ServerSentEvent`s, or values that are sent as the JSON of `data`.
    """

    media_type = "text/event-stream"


def _split_sse_lines(value: str) -> list[str]:
    """The lines as a client sees them: only CR, LF and both together end one, unlike `str.splitlines`."""
    return _LINE_END.split(value)


def format_sse_event(
    *,
    data_str: str | None = None,
    event: str | None = None,
    id: str | None = None,  # noqa: A002  (the name of the field in the standard, and FastAPI's)
    retry: int | None = None,
    comment: str | None = None,
) -> bytes:
    """The bytes of one event, with the blank line that ends it; `data_str` is sent as it is."""
    fields = {"": comment, "event": event, "data": data_str, "id": id, "retry": retry}
    lines = [
        f"{name}: {line}\n"
        for name, value in fields.items()
        if value is not None
        for line in _split_sse_lines(str(value))
    ]
    return "".join([*lines, "\n"]).encode()


__getattr__, __dir__ = late_names(__name__, {"zonda.server_sent_event": "ServerSentEvent"})
