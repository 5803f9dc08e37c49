"""A lifespan made of parts, of which each adds to the state."""

from collections.abc import AsyncIterator, Iterator

from fastapi import FastAPI, Request
from fastapi_lifespan_manager import LifespanManager, State

manager = LifespanManager()


@manager.add
async def database(app: FastAPI) -> AsyncIterator[State]:
    yield {"database": "open"}


@manager.add
def cache(app: FastAPI, state: State) -> Iterator[State]:
    yield {"cache": f"over a database that is {state['database']}"}


app = FastAPI(lifespan=manager)


@app.get("/")
async def read(request: Request) -> dict[str, str]:
    return {"database": request.state.database, "cache": request.state.cache}
