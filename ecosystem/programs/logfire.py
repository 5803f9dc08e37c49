"""Spans of an application with its arguments and validation errors, kept in memory."""

import logfire
from fastapi import APIRouter, Depends, FastAPI
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

exporter = InMemorySpanExporter()
logfire.configure(
    send_to_logfire=False,
    console=False,
    additional_span_processors=[SimpleSpanProcessor(exporter)],
    inspect_arguments=False,
)

app = FastAPI()
logfire.instrument_fastapi(app, extra_spans=True, excluded_urls="kept")
router = APIRouter(prefix="/orders")


async def currency(code: str = "EUR"):
    return code


@app.get("/items/{item_id}")
async def read_item(item_id: int, currency: str = Depends(currency)):
    logfire.info("Reading {item_id}", item_id=item_id)
    return {"item_id": item_id, "currency": currency}


@router.get("/{order_id}")
def read_order(order_id: int):
    return order_id


@app.get("/fail")
async def fail():
    raise ValueError("no")


@app.get("/kept")
async def kept():
    spans = [
        {"name": span.name, "attributes": dict(span.attributes or {}), "events": [event.name for event in span.events]}
        for span in exporter.get_finished_spans()
    ]
    exporter.clear()
    return spans


app.include_router(router)
