"""This module is a list of fifty models as the answer."""

import json
from typing import Any

from benchmarks.subject import Subject, json_answer

ROWS = [
    {"id": number, "name": f"Item {number}", "price": number + 0.5, "tags": ["red", "new"], "in_stock": True}
    for number in range(1, 51)
]

SUBJECT = Subject("a list of 50 models", "/items", json_answer(json.dumps(ROWS, separators=(",", ":")).encode()))


def fastapi() -> Any:
    from fastapi import FastAPI

    from benchmarks.pydantic_models import StockItem

    items = [StockItem(**row) for row in ROWS]
    app = FastAPI()

    @app.get("/items")
    async def list_items() -> list[StockItem]:
        return items

    return app


def starlette() -> Any:
    from pydantic import TypeAdapter
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

    from benchmarks.pydantic_models import StockItem

    items = [StockItem(**row) for row in ROWS]
    adapter = TypeAdapter(list[StockItem])

    async def list_items(request: Request) -> Response:
        return Response(adapter.dump_json(items), media_type="application/json")

    return Starlette(routes=[Route("/items", list_items)])


def litestar() -> Any:
    from litestar import Litestar, get
    from msgspec import Struct

    class Item(Struct):
        id: int
        name: str
        price: float
        tags: list[str]
        in_stock: bool

    items = [Item(**row) for row in ROWS]

    @get("/items")
    async def list_items() -> list[Item]:
        return items

    return Litestar([list_items], openapi_config=None, logging_config=None)


def blacksheep() -> Any:
    from blacksheep import Application, Content, Response
    from pydantic import TypeAdapter

    from benchmarks.pydantic_models import StockItem

    items = [StockItem(**row) for row in ROWS]
    adapter = TypeAdapter(list[StockItem])
    app = Application()

    @app.router.get("/items")
    async def list_items() -> Response:
        return Response(200, content=Content(b"application/json", adapter.dump_json(items)))

    return app
