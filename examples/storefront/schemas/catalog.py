"""This module describes products as clients see them."""

from decimal import Decimal
from typing import Annotated, Generic, Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from ..models import Product

Category = Literal["audio", "coffee", "garden", "kitchen", "outdoor", "stationery"]
Item = TypeVar("Item")


class ProductFilter(BaseModel):
    """The query of a search; every field is a query parameter."""

    q: Annotated[str | None, Field(max_length=80, description="Part of the name, or a whole SKU")] = None
    category: Category | None = None
    in_stock: bool = False


class ProductV1(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    sku: str
    name: str
    category: Category
    description: str
    price: Annotated[Decimal, Field(description="In EUR")]
    stock: int

    @classmethod
    def of(cls, product: Product) -> Self:
        return cls.model_validate({**vars(product), "price": Decimal(product.cents).scaleb(-2)})


class Money(BaseModel):
    cents: int
    currency: Literal["EUR"] = "EUR"


class ProductV2(BaseModel):
    id: int
    sku: str
    name: str
    category: Category
    description: str
    price: Money
    available: bool
    image: str | None

    @classmethod
    def of(cls, product: Product) -> Self:
        image = f"/api/v2/products/{product.id}/image" if product.image_type else None
        money = Money(cents=product.cents)
        return cls.model_validate({**vars(product), "price": money, "available": product.stock > 0, "image": image})


class Page(BaseModel, Generic[Item]):
    """One page of a list; `next` is the cursor of the page behind it."""

    items: list[Item]
    total: int
    next: int | None
