"""Class-based views, resources, repeated tasks, timings and simple operation ids."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import ClassVar
from uuid import UUID

from fastapi import APIRouter, Depends, FastAPI, Header, Request
from fastapi_utils import Api, Resource
from fastapi_utils.api_model import APIMessage, APIModel
from fastapi_utils.cbv import cbv
from fastapi_utils.inferring_router import InferringRouter
from fastapi_utils.openapi import simplify_operation_ids
from fastapi_utils.tasks import repeat_every
from fastapi_utils.timing import add_timing_middleware, record_timing

ticks: list[int] = []
timings: list[str] = []
ticked = asyncio.Event()


@repeat_every(seconds=0.01, max_repetitions=3)
async def tick() -> None:
    ticks.append(len(ticks))
    if len(ticks) == 3:
        ticked.set()


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    await tick()
    yield


app = FastAPI(lifespan=lifespan)
add_timing_middleware(app, record=timings.append, prefix="app", exclude="untimed")
router = InferringRouter()
plain = APIRouter(prefix="/plain")


class Item(APIModel):
    item_id: UUID
    item_name: str


def get_user(x_user: str = Header()) -> str:
    return x_user


@cbv(router)
class Items:
    user: str = Depends(get_user)
    items: ClassVar[dict[UUID, Item]] = {}

    @router.post("/item")
    def create_item(self, item: Item) -> Item:
        self.items[item.item_id] = item
        return item

    @router.get("/item/{item_id}")
    async def read_item(self, item_id: UUID) -> Item:
        return self.items[item_id]

    @router.delete("/item/{item_id}")
    def delete_item(self, item_id: UUID) -> APIMessage:
        return APIMessage(detail=f"Deleted by {self.user}")


@cbv(plain)
class Plain:
    def __init__(self, user: str = Depends(get_user)):
        self.greeting = f"Hello {user}"

    @plain.get("/greeting")
    async def greet(self, loud: bool = False):
        return self.greeting.upper() if loud else self.greeting


class Counted(Resource):
    def get(self, item_id: int):
        return {"got": item_id}

    def delete(self, item_id: int):
        return {"deleted": item_id}


@app.get("/ticks")
async def read_ticks():
    async with asyncio.timeout(10):
        await ticked.wait()
    return ticks


@app.get("/timed/{item_id}")
async def timed(item_id: int, request: Request):
    record_timing(request, note="halfway")
    return timings[-2:]


@app.get("/timings")
async def read_timings():
    return timings


app.include_router(router)
app.include_router(plain)
Api(app).add_resource(Counted(), "/counted/{item_id}")
simplify_operation_ids(app)
