"""This module holds server-sent events: what an endpoint yields and how it looks on the wire."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, Field, model_validator
from starlette.responses import StreamingResponse

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


def _check_single_line(value: str | None, field_name: str) -> str | None:
    if value is not None and _LINE_END.search(value):
        raise ValueError(f"SSE '{field_name}' must be a single line")
    return value


def _check_event_single_line(value: str | None) -> str | None:
    return _check_single_line(value, "event")


def _check_id_valid(value: str | None) -> str | None:
    if value is not None and "\0" in value:
        raise ValueError("SSE 'id' must not contain null characters")
    return _check_single_line(value, "id")


class ServerSentEvent(BaseModel):
    """One event of a stream: `yield ServerSentEvent(data={"price": 3}, event="price", id="17")`.

    `data` is sent as JSON, so that a string has quotes on the wire; `raw_data` is sent as it is.
    """

    data: Any = None
    raw_data: str | None = None
    event: Annotated[str | None, AfterValidator(_check_event_single_line)] = None
    """What `addEventListener(event, ...)` listens to in a browser; `message` when absent."""
    id: Annotated[str | None, AfterValidator(_check_id_valid)] = None
    """What a browser sends as `Last-Event-ID` when it connects again."""
    retry: Annotated[int | None, Field(ge=0)] = None
    """Milliseconds that a browser waits before it connects again."""
    comment: str | None = None

    @model_validator(mode="after")
    def _check_data_exclusive(self) -> ServerSentEvent:
        if self.data is not None and self.raw_data is not None:
            raise ValueError(
                "Cannot set both 'data' and 'raw_data' on the same ServerSentEvent. "
                "What is in 'data' is sent as JSON, the text in 'raw_data' as it stands: keep the one that is meant."
            )
        return self


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
