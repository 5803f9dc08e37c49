"""Events and transactions of an application, kept instead of sent."""

from typing import Any

import sentry_sdk
from fastapi import APIRouter, Body, FastAPI, HTTPException
from sentry_sdk.envelope import Envelope
from sentry_sdk.integrations.fastapi import FastApiIntegration
from sentry_sdk.integrations.starlette import StarletteIntegration
from sentry_sdk.transport import Transport

kept: list[dict[str, Any]] = []


class KeepingTransport(Transport):
    def capture_envelope(self, envelope: Envelope) -> None:
        kept.extend(item.payload.json for item in envelope.items if item.payload.json)


sentry_sdk.init(
    dsn="http://key@127.0.0.1/1",
    transport=KeepingTransport,
    traces_sample_rate=1.0,
    send_default_pii=True,
    integrations=[StarletteIntegration(middleware_spans=True), FastApiIntegration(middleware_spans=True)],
)

app = FastAPI()
orders = APIRouter(prefix="/orders")


@app.get("/fail/{name}")
async def fail(name: str):
    raise ValueError(f"no {name}")


@app.get("/plain/{name}")
def plain(name: str):
    sentry_sdk.capture_message(f"plain {name}")
    return name


@app.post("/body")
async def body(value: dict[str, int] = Body()):
    raise KeyError("body")


@orders.get("/{order_id}")
async def read_order(order_id: int):
    if order_id == 404:
        raise HTTPException(404)
    if order_id == 503:
        raise HTTPException(503)
    return order_id


@app.get("/kept")
async def read_kept():
    sentry_sdk.flush()
    told, kept[:] = [*kept], []
    return told


app.include_router(orders)
