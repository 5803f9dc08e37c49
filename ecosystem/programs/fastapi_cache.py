"""Cached endpoints, async and plain, and a cached function."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi_cache import FastAPICache
from fastapi_cache.backends.inmemory import InMemoryBackend
from fastapi_cache.decorator import cache
from pydantic import BaseModel


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    FastAPICache.init(InMemoryBackend(), prefix="fastapi-cache")
    yield


app = FastAPI(lifespan=lifespan)
calls = {"items": 0, "plain": 0, "function": 0}


class Item(BaseModel):
    name: str
    made: int


@app.get("/items/{name}")
@cache(expire=60)
async def read_item(name: str) -> Item:
    calls["items"] += 1
    return Item(name=name, made=calls["items"])


@app.get("/plain")
@cache(expire=60)
def plain() -> dict[str, int]:
    calls["plain"] += 1
    return calls


@cache(expire=60)
async def slow_function() -> int:
    calls["function"] += 1
    return calls["function"]


@app.get("/function")
async def function() -> int:
    return await slow_function()
