"""Spans of an application, kept instead of sent."""

import os

os.environ |= {"DD_INSTRUMENTATION_TELEMETRY_ENABLED": "false", "DD_REMOTE_CONFIGURATION_ENABLED": "false"}

import ddtrace
from ddtrace.trace import TraceFilter, tracer

ddtrace.patch(fastapi=True, starlette=True)

from fastapi import APIRouter, BackgroundTasks, FastAPI
from pydantic import BaseModel

kept: list[dict] = []


class Keep(TraceFilter):
    def process_trace(self, trace):
        kept.extend(
            {
                "name": span.name,
                "resource": span.resource,
                "route": span.get_tag("http.route"),
                "status": span.get_tag("http.status_code"),
                "error": span.error,
            }
            for span in trace
        )
        return


tracer.configure(trace_processors=[Keep()])
app = FastAPI()
router = APIRouter(prefix="/orders")
mounted = FastAPI()


class Item(BaseModel):
    item_id: int


@app.get("/items/{item_id}")
async def read_item(item_id: int) -> Item:
    return Item(item_id=item_id)


@router.get("/{order_id}")
def read_order(order_id: int, tasks: BackgroundTasks):
    tasks.add_task(len, "task")
    return order_id


@mounted.get("/parts/{part_id}")
async def read_part(part_id: int):
    return part_id


@app.get("/fail")
async def fail():
    raise ValueError("no")


@app.get("/kept")
async def read_kept():
    told, kept[:] = [*kept], []
    return told


app.include_router(router)
app.mount("/mounted", mounted)
