"""Metrics of each route under its template."""

from fastapi import APIRouter, FastAPI
from starlette_exporter import PrometheusMiddleware, handle_metrics

app = FastAPI()
app.add_middleware(PrometheusMiddleware, app_name="shop", group_paths=True)
app.add_route("/metrics", handle_metrics)
router = APIRouter(prefix="/orders")


@app.get("/items/{item_id}")
async def read_item(item_id: int):
    return item_id


@router.get("/{order_id}")
def read_order(order_id: int):
    return order_id


app.include_router(router)
