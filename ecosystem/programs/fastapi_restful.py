"""A class with shared dependencies, a repeated task, and operation ids that are names."""

import asyncio
from contextlib import asynccontextmanager

from fastapi import Depends, FastAPI, Header
from fastapi.routing import APIRouter
from fastapi_restful.cbv import cbv
from fastapi_restful.inferring_router import InferringRouter
from fastapi_restful.openapi import simplify_operation_ids
from fastapi_restful.tasks import repeat_every
from pydantic import BaseModel

ticks = asyncio.Event()


@repeat_every(seconds=0.01, max_repetitions=2)
async def tick() -> None:
    ticks.set()


@asynccontextmanager
async def lifespan(app: FastAPI):
    await tick()
    yield


class Item(BaseModel):
    number: int
    owner: str


def owner(x_owner: str = Header()) -> str:
    return x_owner


router = InferringRouter()


@cbv(router)
class Items:
    owner: str = Depends(owner)

    @router.get("/items/{number}")
    def read(self, number: int) -> Item:
        return Item(number=number, owner=self.owner)

    @router.post("/items")
    async def add(self, item: Item) -> dict[str, str]:
        return {"by": self.owner, "of": item.owner}


app = FastAPI(lifespan=lifespan)
app.include_router(router, prefix="/shop")

other = APIRouter()


@other.get("/ticked")
async def ticked() -> bool:
    await asyncio.wait_for(ticks.wait(), 5)
    return True


app.include_router(other)
simplify_operation_ids(app)
