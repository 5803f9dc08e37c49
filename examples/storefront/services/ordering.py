"""This module places orders: all of it or nothing, and never more than there is."""

from dataclasses import dataclass

from ..models import Order, OrderLine
from ..repositories.orders import Orders
from ..repositories.products import Products
from .errors import NotFound, OutOfStock
from .stock_feed import StockChange


@dataclass(frozen=True)
class Wanted:
    product_id: int
    quantity: int


@dataclass(frozen=True)
class PlacedOrder:
    order: Order
    changes: list[StockChange]
    """For the stock feed, once the transaction is committed."""


class Ordering:
    def __init__(self, orders: Orders, products: Products) -> None:
        self.orders = orders
        self.products = products

    async def place(self, user_id: int, wanted: list[Wanted]) -> PlacedOrder:
        """Take the stock and write the order. Raises NotFound or OutOfStock; the transaction is then rolled back."""
        lines, changes = [], []
        for item in wanted:
            line, change = await self._take(item)
            lines.append(line)
            changes.append(change)
        order = await self.orders.add(Order(user_id=user_id, lines=lines))
        return PlacedOrder(order, changes)

    async def _take(self, item: Wanted) -> tuple[OrderLine, StockChange]:
        product = await self.products.get(item.product_id)
        if product is None:
            raise NotFound(f"There is no product {item.product_id}.", product_id=item.product_id)
        left = await self.products.take(item.product_id, item.quantity)
        if left is None:
            raise OutOfStock(
                f"Only {product.stock} left of {product.name}.", product_id=product.id, available=product.stock
            )
        line = OrderLine(product_id=product.id, quantity=item.quantity, cents=product.cents)
        return line, StockChange(product_id=product.id, name=product.name, stock=left)
