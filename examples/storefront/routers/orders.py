"""This module serves orders."""

from zonda import APIRouter, BackgroundTasks

from ..dependencies import CurrentUser, OrderingDep, OrdersDep, ShopDep
from ..schemas.errors import ErrorBody
from ..schemas.orders import OrderIn, OrderOut
from ..services.mail import confirm_order
from ..services.ordering import Wanted

router = APIRouter(prefix="/orders", tags=["orders"])


@router.post("", status_code=201, responses={409: {"model": ErrorBody, "description": "Not enough in stock"}})
async def place_order(
    order: OrderIn, user: CurrentUser, ordering: OrderingDep, shop: ShopDep, tasks: BackgroundTasks
) -> OrderOut:
    """All lines or none. The stock feed hears of it, then the confirmation is written, both after the answer."""
    placed = await ordering.place(user.id, [Wanted(line.product_id, line.quantity) for line in order.lines])
    tasks.add_task(shop.feed.publish, placed.changes)
    tasks.add_task(confirm_order, shop.outbox, user, placed.order)
    return OrderOut.of(placed.order)


@router.get("")
async def list_orders(user: CurrentUser, orders: OrdersDep) -> list[OrderOut]:
    """The caller's own, newest first."""
    return [OrderOut.of(order) for order in await orders.of_user(user.id)]
