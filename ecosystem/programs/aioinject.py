"""Services from a container, injected by a decorator within a middleware's context."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aioinject import Container, Injected, Scoped, Singleton
from aioinject.ext.fastapi import AioInjectMiddleware, inject
from fastapi import FastAPI

closed: list[str] = []


class Settings:
    name = "shop"


class Session:
    def __init__(self, settings: Settings) -> None:
        self.name = settings.name


@asynccontextmanager
async def make_session(settings: Settings) -> AsyncIterator[Session]:
    yield Session(settings)
    closed.append("session")


container = Container()
container.register(Singleton(Settings), Scoped(make_session))


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    async with container:
        yield


app = FastAPI(lifespan=lifespan)
app.add_middleware(AioInjectMiddleware, container=container)


@app.get("/injected/{number}")
@inject
async def injected(number: int, session: Injected[Session]):
    return f"{session.name} {number}"


@app.get("/closed")
async def read_closed():
    return closed
