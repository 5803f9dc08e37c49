"""Metrics of each route under its template, also of included and mounted ones."""

from fastapi import APIRouter, FastAPI
from prometheus_fastapi_instrumentator import Instrumentator

app = FastAPI()
shop = APIRouter(prefix="/shop")
mounted = FastAPI()


@app.get("/items/{item_id}")
async def read_item(item_id: int):
    return {"item_id": item_id}


@shop.get("/orders/{order_id}")
def read_order(order_id: int):
    return {"order_id": order_id}


@mounted.get("/parts/{part_id}")
async def read_part(part_id: int):
    return {"part_id": part_id}


app.include_router(shop)
app.mount("/mounted", mounted)
Instrumentator(should_group_status_codes=False).instrument(app).expose(app)
