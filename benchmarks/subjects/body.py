"""This module is a JSON body that a model validates, and another model in the answer."""

from typing import Any

from benchmarks.subject import Subject, json_answer

SUBJECT = Subject(
    "JSON body in, model out",
    "/items",
    json_answer(b'{"id":1,"name":"Shoes","price":49.9,"tags":["red","new"]}', status=201),
    method="POST",
    body=b'{"name": "Shoes", "description": "Made of leather", "price": 49.9, "tags": ["red", "new"]}',
    headers={"Content-Type": "application/json"},
)


def fastapi() -> Any:
    from fastapi import FastAPI

    from benchmarks.pydantic_models import Item, ItemOut

    app = FastAPI()

    @app.post("/items", status_code=201)
    async def create_item(item: Item) -> ItemOut:
        return ItemOut(id=1, name=item.name, price=item.price, tags=item.tags)

    return app


def starlette() -> Any:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

    from benchmarks.pydantic_models import Item, ItemOut

    async def create_item(request: Request) -> Response:
        item = Item.model_validate_json(await request.body())
        created = ItemOut(id=1, name=item.name, price=item.price, tags=item.tags)
        return Response(created.model_dump_json(), status_code=201, media_type="application/json")

    return Starlette(routes=[Route("/items", create_item, methods=["POST"])])


def litestar() -> Any:
    """With msgspec's structs, the fastest that it knows."""
    from typing import Annotated

    from litestar import Litestar, post
    from msgspec import Meta, Struct

    class Item(Struct):
        name: Annotated[str, Meta(min_length=1, max_length=100)]
        price: Annotated[float, Meta(gt=0)]
        description: str | None = None
        tags: list[str] = []

    class ItemOut(Struct):
        id: int
        name: str
        price: float
        tags: list[str]

    @post("/items")
    async def create_item(data: Item) -> ItemOut:
        return ItemOut(id=1, name=data.name, price=data.price, tags=data.tags)

    return Litestar([create_item], openapi_config=None, logging_config=None)


def blacksheep() -> Any:
    from blacksheep import Application, Content, FromJSON, Response

    from benchmarks.pydantic_models import Item, ItemOut

    app = Application()

    @app.router.post("/items")
    async def create_item(data: FromJSON[Item]) -> Response:
        item = data.value
        created = ItemOut(id=1, name=item.name, price=item.price, tags=item.tags)
        return Response(201, content=Content(b"application/json", created.model_dump_json().encode()))

    return app


def robyn() -> Any:
    from robyn import Headers, Request, Response, Robyn

    from benchmarks.pydantic_models import Item, ItemOut

    app = Robyn(__file__)
    headers = Headers({"content-type": "application/json"})

    @app.post("/items")
    async def create_item(request: Request):
        item = Item.model_validate_json(request.body)
        created = ItemOut(id=1, name=item.name, price=item.price, tags=item.tags)
        return Response(status_code=201, headers=headers, description=created.model_dump_json())

    return app
