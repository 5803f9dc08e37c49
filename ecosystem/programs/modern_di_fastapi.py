"""A container with values of the application, of a request and of a websocket."""

import dataclasses

from fastapi import APIRouter, FastAPI, WebSocket
from modern_di import Container, Group, Scope, providers
from modern_di_fastapi import FromDI, setup_di


@dataclasses.dataclass(kw_only=True)
class Settings:
    name: str = "shop"


@dataclasses.dataclass(kw_only=True)
class Service:
    settings: Settings


class Dependencies(Group):
    settings = providers.Factory(scope=Scope.APP, creator=Settings, cache=True)
    service = providers.Factory(scope=Scope.REQUEST, creator=Service, cache=True)
    session = providers.Factory(scope=Scope.SESSION, creator=Service, bound_type=None)


app = FastAPI()
setup_di(app, Container(groups=[Dependencies]))
router = APIRouter(prefix="/inner")


@router.get("/")
async def read(
    service: Service = FromDI(Dependencies.service), again: Service = FromDI(Dependencies.service)
) -> dict[str, object]:
    return {"name": service.settings.name, "same": service is again}


@app.websocket("/ws")
async def talk(websocket: WebSocket, service: Service = FromDI(Dependencies.session)) -> None:
    await websocket.accept()
    await websocket.send_text(service.settings.name)
    await websocket.close()


app.include_router(router)
