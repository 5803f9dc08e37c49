"""Providers as dependencies, with a route class that enters their context."""

from collections.abc import AsyncIterator

from fastapi import APIRouter, Depends, FastAPI
from that_depends import BaseContainer, ContextScopes, providers
from that_depends.integrations.fastapi import create_fastapi_route_class

closed: list[str] = []


async def make_session() -> AsyncIterator[str]:
    yield "session"
    closed.append("session")


class Container(BaseContainer):
    default_scope = ContextScopes.ANY
    session = providers.ContextResource(make_session)
    name = providers.Factory(lambda: "shop")


app = FastAPI()
router = APIRouter(route_class=create_fastapi_route_class(Container))


@router.get("/routed/{number}")
async def routed(number: int, session: str = Container.session, name: str = Depends(Container.name)):
    return f"{name} {session} {number}"


@app.get("/closed")
async def read_closed():
    return closed


app.include_router(router)
