"""Messages whose subscribers have FastAPI's dependencies, on a broker in memory."""

import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import Depends, FastAPI

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    from faststream.redis.fastapi import RedisRouter
from faststream.redis import TestRedisBroker
from pydantic import BaseModel

router = RedisRouter("redis://127.0.0.1:1")
got: list[str] = []


class Order(BaseModel):
    name: str
    count: int


def shop() -> str:
    return "shop"


@router.subscriber("orders")
@router.publisher("receipts")
async def on_order(order: Order, shop: Annotated[str, Depends(shop)]) -> str:
    got.append(f"{shop} {order.name} {order.count}")
    return f"receipt for {order.name}"


@router.subscriber("receipts")
def on_receipt(text: str) -> None:
    got.append(text)


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    async with TestRedisBroker(router.broker):
        yield


app = FastAPI(lifespan=lifespan)


@app.post("/orders")
async def order(order: Order) -> list[str]:
    await router.broker.publish(order, "orders")
    return got


@app.post("/broken")
async def broken() -> str:
    try:
        await router.broker.publish({"name": "cup"}, "orders")
    except Exception as error:  # noqa: BLE001  (the broker wraps what the validation raises)
        return type(error).__name__
    return "accepted"
