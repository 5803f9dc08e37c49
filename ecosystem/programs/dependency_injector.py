"""Services from a container, wired into the module of the endpoints."""

from typing import Annotated

from dependency_injector import containers, providers
from dependency_injector.wiring import Provide, inject
from fastapi import APIRouter, Depends, FastAPI


class Service:
    def __init__(self, name: str) -> None:
        self.name = name


class Container(containers.DeclarativeContainer):
    config = providers.Configuration()
    service = providers.Factory(Service, name=config.name)


container = Container()
container.config.from_dict({"name": "shop"})
router = APIRouter(prefix="/included")


@router.get("/{number}")
@inject
async def included(number: int, service: Annotated[Service, Depends(Provide[Container.service])]):
    return f"{service.name} {number}"


app = FastAPI()


@app.get("/plain")
@inject
def plain(
    number: int,
    service: Annotated[Service, Depends(Provide[Container.service])],
    name: Annotated[str, Depends(Provide[Container.config.name])],
):
    return f"{service.name} {name} {number}"


@app.get("/overridden")
@inject
async def overridden(service: Annotated[Service, Depends(Provide[Container.service])]):
    return service.name


app.include_router(router)
container.wire(modules=[__name__])
