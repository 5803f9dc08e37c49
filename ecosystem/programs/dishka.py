"""Objects of two scopes, injected by decorator and by route class."""

from collections.abc import AsyncIterable

from dishka import Provider, Scope, make_async_container, provide
from dishka.integrations.fastapi import DishkaRoute, FastapiProvider, FromDishka, inject, setup_dishka
from fastapi import APIRouter, FastAPI, Request, WebSocket

closed: list[str] = []


class Settings:
    name = "shop"


class Session:
    def __init__(self, settings: Settings, request: Request) -> None:
        self.text = f"{settings.name} {request.url.path}"


class Services(Provider):
    settings = provide(Settings, scope=Scope.APP)

    @provide(scope=Scope.REQUEST)
    async def session(self, settings: Settings, request: Request) -> AsyncIterable[Session]:
        session = Session(settings, request)
        yield session
        closed.append(session.text)


app = FastAPI()
router = APIRouter(route_class=DishkaRoute, prefix="/routed")


@app.get("/decorated/{item_id}")
@inject
async def decorated(item_id: int, session: FromDishka[Session]):
    return {"item_id": item_id, "session": session.text}


@router.get("/{item_id}")
async def routed(item_id: int, session: FromDishka[Session]):
    return {"item_id": item_id, "session": session.text}


@router.get("/plain/{item_id}")
def plain(item_id: int, session: FromDishka[Session]):
    return {"item_id": item_id, "session": session.text}


@app.websocket("/ws")
@inject
async def websocket(websocket: WebSocket, settings: FromDishka[Settings]):
    await websocket.accept()
    await websocket.send_text(settings.name)
    await websocket.close()


@app.get("/closed")
async def read_closed():
    return closed


app.include_router(router)
setup_dishka(make_async_container(Services(), FastapiProvider()), app)
