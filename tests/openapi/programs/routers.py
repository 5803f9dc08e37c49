"""This program nests routers, which add prefixes, tags, dependencies and responses."""

from typing import Annotated

from pydantic import BaseModel

from zonda import APIRouter, Depends, Header, Zonda
from zonda.responses import PlainTextResponse
from zonda.routing import APIRoute


class Problem(BaseModel):
    detail: str


def operation_name(route: APIRoute) -> str:
    return f"{route.name}-of-{route.path_format.strip('/').replace('/', '-')}"


def check_token(x_token: Annotated[str, Header()]) -> None: ...


def check_key(key: str) -> None: ...


items = APIRouter(prefix="/items", tags=["items"], responses={404: {"model": Problem}})
admin = APIRouter(dependencies=[Depends(check_token)], default_response_class=PlainTextResponse)


@items.get("/")
def list_items() -> list[str]: ...


@items.get("/{item_id}", tags=["one"], responses={404: {"description": "No such item"}, 403: {"model": Problem}})
def read_item(item_id: int) -> str: ...


@admin.post("/reset", deprecated=True)
def reset(hard: bool = False): ...


@admin.delete("/hidden", include_in_schema=False)
def hidden(): ...


admin.include_router(items, prefix="/all", tags=["admin items"], generate_unique_id_function=operation_name)

app = Zonda(dependencies=[Depends(check_key)], responses={418: {"description": "Tea"}})
app.include_router(items)
app.include_router(admin, prefix="/admin", tags=["admin"], deprecated=True, responses={500: {"model": Problem}})
app.include_router(items, prefix="/secret", include_in_schema=False)


@items.get("/late/{n}")
def added_late(n: int) -> int: ...
