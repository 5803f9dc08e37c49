"""This program adds to operations what only their author knows."""

from enum import Enum

from pydantic import BaseModel

from zonda import Zonda


class Tag(Enum):
    ITEMS = "items"


class Item(BaseModel):
    name: str


app = Zonda(openapi_url="/openapi.json")
app.openapi_version = "3.1.1"


@app.post(
    "/merged",
    tags=[Tag.ITEMS],
    openapi_extra={
        "x-rate": {"per": "minute", "of": 5},
        "parameters": [{"in": "query", "name": "extra", "schema": {"type": "string"}}],
        "requestBody": {"description": "An item", "content": {"application/yaml": {"schema": {"type": "string"}}}},
        "responses": {"429": {"description": "Too fast"}},
    },
)
def merged(item: Item, q: int): ...


@app.get("/query-lacks-its-body")
def plain(): ...


@app.api_route("/search", methods=["QUERY"])
def search(item: Item): ...


@app.options("/options")
def options(item: Item): ...
