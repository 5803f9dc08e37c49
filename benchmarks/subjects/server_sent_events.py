"""This module is a stream of fifty server-sent events, each with a model as its data."""

from typing import Any

from benchmarks.subject import Answer, Subject

EVENTS = 50

SUBJECT = Subject(
    "server-sent events",
    "/prices",
    Answer(
        200,
        b"".join(b'data: {"name":"Shoes","price":%d.5}\n\n' % number for number in range(EVENTS)),
        {
            "content-type": "text/event-stream; charset=utf-8",
            "cache-control": "no-cache",
            "x-accel-buffering": "no",
        },
    ),
    per_request=EVENTS,
    unit="event",
)


def fastapi() -> Any:
    from collections.abc import AsyncIterable

    from fastapi import FastAPI
    from fastapi.sse import EventSourceResponse
    from pydantic import BaseModel

    class Price(BaseModel):
        name: str
        price: float

    app = FastAPI()

    @app.get("/prices", response_class=EventSourceResponse)
    async def stream_prices() -> AsyncIterable[Price]:
        for number in range(EVENTS):
            yield Price(name="Shoes", price=number + 0.5)

    return app
