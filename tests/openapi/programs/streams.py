"""This program streams: JSON Lines, server-sent events and bytes."""

from collections.abc import AsyncIterator, Iterator

from pydantic import BaseModel

from zonda import Zonda
from zonda.responses import StreamingResponse
from zonda.sse import EventSourceResponse, ServerSentEvent

app = Zonda()


class Tick(BaseModel):
    at: int
    price: float | None = None


@app.get("/lines")
async def lines() -> AsyncIterator[Tick]:
    yield Tick(at=1)


@app.get("/sync-lines")
def sync_lines() -> Iterator[Tick]:
    yield Tick(at=1)


@app.get("/untyped-lines")
def untyped_lines():
    yield {}


@app.get("/events", response_class=EventSourceResponse)
async def events() -> AsyncIterator[Tick]:
    yield Tick(at=1)


@app.get("/own-events", response_class=EventSourceResponse)
async def own_events() -> AsyncIterator[ServerSentEvent]:
    yield ServerSentEvent(data="a")


@app.post("/untyped-events", response_class=EventSourceResponse)
async def untyped_events(tick: Tick):
    yield {}


@app.get("/no-generator", response_class=EventSourceResponse)
def no_generator(): ...


@app.get("/bytes", response_class=StreamingResponse)
async def raw() -> AsyncIterator[bytes]:
    yield b""
