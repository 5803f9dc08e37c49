"""This module holds one server-sent event, as an endpoint yields it."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, Field, model_validator

__all__ = ["ServerSentEvent"]


def _check_single_line(value: str | None, field_name: str) -> str | None:
    if value is not None and ("\r" in value or "\n" in value):
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
