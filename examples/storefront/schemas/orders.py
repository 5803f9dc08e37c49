"""This module describes orders as clients see them."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import BaseModel, Field

from ..models import Order


class OrderLineIn(BaseModel):
    product_id: int
    quantity: Annotated[int, Field(ge=1, le=100)]


class OrderIn(BaseModel):
    lines: Annotated[list[OrderLineIn], Field(min_length=1, max_length=50)]


class OrderLineOut(BaseModel):
    product_id: int
    quantity: int
    cents: int


class OrderOut(BaseModel):
    id: int
    placed_at: datetime
    lines: list[OrderLineOut]
    total_cents: int

    @classmethod
    def of(cls, order: Order) -> Self:
        lines = [OrderLineOut.model_validate(line, from_attributes=True) for line in order.lines]
        total = sum(line.cents * line.quantity for line in lines)
        return cls(id=order.id, placed_at=order.placed_at, lines=lines, total_cents=total)
