"""Events dispatched by endpoints, handled after the answer."""

from fastapi import FastAPI
from fastapi_events.dispatcher import dispatch
from fastapi_events.handlers.local import local_handler
from fastapi_events.middleware import EventHandlerASGIMiddleware

app = FastAPI()
app.add_middleware(EventHandlerASGIMiddleware, handlers=[local_handler])
seen: list[int] = []


@local_handler.register(event_name="order*")
async def on_order(event) -> None:
    seen.append(event[1]["number"])


@app.post("/async/{number}")
async def order(number: int):
    dispatch("order made", payload={"number": number})
    return seen


@app.post("/plain/{number}")
def plain(number: int):
    dispatch("order made", payload={"number": number})
    return seen


@app.get("/seen")
async def read_seen():
    return seen
