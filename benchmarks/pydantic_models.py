"""This module holds the models that contenders with Pydantic share."""

from pydantic import BaseModel, Field


class Item(BaseModel):
    name: str = Field(min_length=1, max_length=100)
    description: str | None = None
    price: float = Field(gt=0)
    tags: list[str] = []


class ItemOut(BaseModel):
    id: int
    name: str
    price: float
    tags: list[str]


class StockItem(BaseModel):
    id: int
    name: str
    price: float
    tags: list[str]
    in_stock: bool
