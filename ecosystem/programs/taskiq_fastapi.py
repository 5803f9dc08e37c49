"""A task with the application's own dependencies, sent by an endpoint."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

import taskiq_fastapi
from fastapi import Depends as FastAPIDepends
from fastapi import FastAPI, Request
from taskiq import InMemoryBroker, TaskiqDepends

broker = InMemoryBroker()

# As in a worker's process: starts the application's lifespan by itself.
worker = InMemoryBroker()
worker.is_worker_process = True


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[dict[str, str]]:
    app.state.starts = getattr(app.state, "starts", 0) + 1
    app.state.store = {"begun": 1}
    if app.state.starts == 1:
        await broker.startup()
        await worker.startup()
    yield {"from_lifespan": "state"}


app = FastAPI(lifespan=lifespan)
taskiq_fastapi.init(worker, app)
taskiq_fastapi.populate_dependency_context(broker, app)


def get_store(request: Annotated[Request, TaskiqDepends()]) -> dict[str, int]:
    return request.app.state.store


@broker.task
async def add(key: str, value: int, store: Annotated[dict[str, int], TaskiqDepends(get_store)]) -> int:
    store[key] = store.get(key, 0) + value
    return store[key]


@worker.task
async def state(request: Annotated[Request, TaskiqDepends()]) -> str:
    return request.state.from_lifespan


@app.post("/add/{key}")
async def add_value(key: str, value: int) -> int:
    task = await add.kiq(key, value)
    return (await task.wait_result(timeout=5)).return_value


@app.get("/store")
async def read(store: Annotated[dict[str, int], FastAPIDepends(get_store)]) -> dict[str, int]:
    return store


@app.get("/state")
async def read_state() -> str:
    task = await state.kiq()
    return (await task.wait_result(timeout=5)).return_value
