"""Spans and metrics of an application, kept in memory."""

from fastapi import APIRouter, FastAPI, WebSocket
from opentelemetry import trace
from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

exporter = InMemorySpanExporter()
tracers = TracerProvider()
tracers.add_span_processor(SimpleSpanProcessor(exporter))
reader = InMemoryMetricReader()

app = FastAPI()
router = APIRouter(prefix="/orders")
mounted = FastAPI()


@app.get("/items/{item_id}")
async def read_item(item_id: int):
    return trace.get_current_span().get_span_context().trace_id != 0


@router.get("/{order_id}")
def read_order(order_id: int):
    return trace.get_current_span().get_span_context().trace_id != 0


@mounted.get("/parts/{part_id}")
async def read_part(part_id: int):
    return part_id


@app.get("/fail")
async def fail():
    raise ValueError("no")


@app.websocket("/echo")
async def echo(websocket: WebSocket):
    await websocket.accept()
    await websocket.send_text(await websocket.receive_text())
    await websocket.close()


@app.get("/kept")
async def kept():
    spans = [
        {
            "name": span.name,
            "kind": span.kind.name,
            "status": span.status.status_code.name,
            "attributes": dict(span.attributes or {}),
            "trace": f"{span.context.trace_id:032x}",
        }
        for span in exporter.get_finished_spans()
    ]
    exporter.clear()
    return spans


@app.get("/metrics")
async def metrics():
    data = reader.get_metrics_data()
    return [
        {"name": metric.name, "attributes": dict(point.attributes)}
        for resource in (data.resource_metrics if data else [])
        for scope in resource.scope_metrics
        for metric in scope.metrics
        for point in metric.data.data_points
    ]


app.include_router(router)
app.mount("/mounted", mounted)
FastAPIInstrumentor.instrument_app(
    app, tracer_provider=tracers, meter_provider=MeterProvider([reader]), excluded_urls="kept,metrics"
)
