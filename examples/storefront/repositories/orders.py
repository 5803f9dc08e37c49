"""This module reads and writes orders."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from ..models import Order


class Orders:
    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def add(self, order: Order) -> Order:
        self.session.add(order)
        await self.session.flush()
        return order

    async def of_user(self, user_id: int) -> Sequence[Order]:
        found = await self.session.scalars(select(Order).where(Order.user_id == user_id).order_by(Order.id.desc()))
        return found.all()
