"""Counts of requests by the paths of routes."""

from fastapi import APIRouter, FastAPI
from starlette_prometheus import PrometheusMiddleware, metrics

app = FastAPI()
app.add_middleware(PrometheusMiddleware, filter_unhandled_paths=True)
app.add_route("/metrics", metrics)
router = APIRouter(prefix="/inner")


@app.get("/items/{number}")
def read(number: int) -> int:
    return 1 // number


@router.get("/{name}")
def named(name: str) -> str:
    return name


app.include_router(router)
