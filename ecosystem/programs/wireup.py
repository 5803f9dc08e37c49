"""Services of the application and of a request, injected into endpoints and websockets."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import wireup
import wireup.integration.fastapi
from fastapi import APIRouter, FastAPI, Request, WebSocket
from wireup import Injected, injectable

closed = []


@injectable
@dataclass
class Settings:
    name: str = "shop"


@dataclass
class Session:
    settings: Settings
    path: str


@injectable(lifetime="scoped")
async def session(settings: Settings, request: Request) -> AsyncIterator[Session]:
    opened = Session(settings, request.url.path)
    yield opened
    closed.append(opened.path)


app = FastAPI()
router = APIRouter(prefix="/inner")


@router.get("/{number}")
async def read(number: int, opened: Injected[Session], settings: Injected[Settings]) -> dict[str, object]:
    return {"number": number, "path": opened.path, "same": opened.settings is settings}


@app.get("/closed")
def read_closed() -> list[str]:
    return closed


@app.websocket("/ws")
async def talk(websocket: WebSocket, settings: Injected[Settings]) -> None:
    await websocket.accept()
    await websocket.send_text(settings.name)
    await websocket.close()


app.include_router(router)
container = wireup.create_async_container(injectables=[Settings, session, wireup.integration.fastapi])
wireup.integration.fastapi.setup(container, app)
