"""An application whose document is true but for one operation."""

from typing import Annotated, Literal

from fastapi import Body, FastAPI, Path, Query
from pydantic import BaseModel, Field

app = FastAPI()


class Item(BaseModel):
    name: str = Field(min_length=1, max_length=10)
    price: float = Field(gt=0, lt=1000)
    tags: list[str] = []


@app.get("/items/{item_id}")
async def read_item(
    item_id: Annotated[int, Path(ge=1)],
    size: Literal["small", "large"] = "small",
    limit: Annotated[int, Query(ge=0, le=10)] = 5,
) -> Item:
    return Item(name="item", price=item_id % 999 + 0.5, tags=[size] * limit)


@app.post("/items")
def create_item(item: Item) -> Item:
    return item


@app.post("/broken")
async def broken(number: Annotated[int, Body(embed=True)]) -> int:
    return 10 // number
