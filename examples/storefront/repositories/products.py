"""This module reads and writes products."""

from collections.abc import AsyncIterator, Sequence

from sqlalchemy import Select, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from ..models import Product


class Products:
    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def get(self, product_id: int) -> Product | None:
        return await self.session.get(Product, product_id)

    async def find(
        self,
        *,
        text: str | None = None,
        category: str | None = None,
        in_stock: bool = False,
        after: int = 0,
        offset: int = 0,
        limit: int = 20,
    ) -> tuple[Sequence[Product], int]:
        """One page in the order of ids, and how many there are in all."""
        matching = _matching(text, category, in_stock)
        total = await self.session.scalar(select(func.count()).select_from(matching.subquery()))
        page = matching.where(Product.id > after).order_by(Product.id).offset(offset).limit(limit)
        return (await self.session.scalars(page)).all(), total or 0

    async def pages(self, size: int) -> AsyncIterator[Sequence[Product]]:
        """All products, `size` at a time."""
        last = 0
        while page := (
            await self.session.scalars(select(Product).where(Product.id > last).order_by(Product.id).limit(size))
        ).all():
            yield page
            last = page[-1].id

    async def take(self, product_id: int, quantity: int) -> int | None:
        """Lower the stock in one statement; return what is left, or None if there was not enough."""
        return await self.session.scalar(
            update(Product)
            .where(Product.id == product_id, Product.stock >= quantity)
            .values(stock=Product.stock - quantity)
            .returning(Product.stock)
            .execution_options(synchronize_session=False)
        )

    async def count(self) -> int:
        return await self.session.scalar(select(func.count(Product.id))) or 0


def _matching(text: str | None, category: str | None, in_stock: bool) -> Select[tuple[Product]]:
    query = select(Product)
    if text:
        query = query.where(or_(Product.name.icontains(text, autoescape=True), Product.sku == text.upper()))
    if category:
        query = query.where(Product.category == category)
    if in_stock:
        query = query.where(Product.stock > 0)
    return query
