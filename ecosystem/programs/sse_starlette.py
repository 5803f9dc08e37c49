"""Two event streams: one that ends, one that runs until the client leaves."""

import asyncio

from fastapi import FastAPI, Request
from sse_starlette import EventSourceResponse, ServerSentEvent

app = FastAPI()
left = asyncio.Event()


@app.get("/count")
async def count(to: int):
    async def numbers():
        for number in range(to):
            yield {"event": "number", "id": str(number), "data": str(number)}
        yield ServerSentEvent(data="ready", event="end", retry=1000)

    return EventSourceResponse(numbers())


@app.get("/endless")
async def endless(request: Request):
    async def ticks():
        try:
            while not await request.is_disconnected():
                yield {"data": "tick"}
                await asyncio.sleep(0.01)
        finally:
            left.set()

    return EventSourceResponse(ticks())


@app.get("/pinged")
async def pinged():
    async def nothing():
        await asyncio.sleep(60)
        yield {"data": "late"}

    return EventSourceResponse(nothing(), ping=1)


@app.get("/left")
async def wait_until_left():
    async with asyncio.timeout(10):
        await left.wait()
    return "left"
