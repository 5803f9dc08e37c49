"""Services registered in the lifespan, closed after each request."""

from collections.abc import AsyncIterator

import svcs
from fastapi import FastAPI

closed: list[str] = []


class Session:
    def __init__(self, name: str) -> None:
        self.name = name


async def session() -> AsyncIterator[Session]:
    yield Session("shop")
    closed.append("session")


@svcs.fastapi.lifespan
async def lifespan(app: FastAPI, registry: svcs.Registry):
    registry.register_factory(Session, session)
    yield {"started": True}


app = FastAPI(lifespan=lifespan)


@app.get("/async/{number}")
async def read(number: int, services: svcs.fastapi.DepContainer):
    return f"{(await services.aget(Session)).name} {number}"


@app.get("/closed")
async def read_closed():
    return closed
