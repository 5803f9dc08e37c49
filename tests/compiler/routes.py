# ruff: noqa: B006  (defaults as users write them)
"""This module declares one route of each kind; the page that is written for it stands in `golden/`, under its name."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel
from starlette.responses import HTMLResponse, RedirectResponse, StreamingResponse

from zonda import (
    APIRouter,
    BackgroundTasks,
    Body,
    Cookie,
    Depends,
    File,
    Form,
    Header,
    Query,
    Request,
    Response,
    Security,
    UploadFile,
    WebSocket,
)
from zonda.extensions import Call, Exchange, Reply, Step, StepPlace
from zonda.security import SecurityScopes
from zonda.sse import EventSourceResponse

router = APIRouter()


class Shop(Response):
    def render(self, content):
        return f"The shop is {content}.".encode()


class Item(BaseModel):
    name: str
    price: float = 0


class Filters(BaseModel):
    limit: int = 10
    tags: list[str] = []


class Login(BaseModel):
    user: str
    password: str


async def get_db() -> AsyncIterator[str]:
    yield "db"


def get_file() -> Iterator[str]:
    yield "file"


async def get_user(x_token: Annotated[int, Header()], db: Annotated[str, Depends(get_db)]) -> str:
    return f"user {x_token} of {db}"


def get_settings() -> dict[str, str]:
    return {"url": "db://"}


async def get_pool(settings: Annotated[dict[str, str], Depends(get_settings)]) -> AsyncIterator[str]:
    yield settings["url"]


async def get_page(skip: int = 0, limit: Annotated[int, Query(le=100)] = 10) -> tuple[int, int]:
    return skip, limit


def get_rights(scopes: SecurityScopes) -> list[str]:
    return scopes.scopes


one_at_a_time = Depends(get_file, max_concurrency=1)


@router.get("/hello")
async def hello():
    return {"message": "Hello"}


@router.get("/plain")
def plain():
    return {"message": "from a thread"}


@router.get("/items/{item_id}")
async def path_only(item_id: int):
    return item_id


@router.get("/shelves/{shelf}/items/{item_id:int}")
async def parameters(shelf: str, item_id: int, q: str | None = None, limit: int = 10):
    return [shelf, item_id, q, limit]


@router.get("/all-sources")
async def all_sources(
    required: Annotated[str, Query(alias="it's")],
    tags: Annotated[list[str], Query()] = [],
    x_token: Annotated[str, Header()] = "none",
    x_parts: Annotated[list[int] | None, Header()] = None,
    session: Annotated[int | None, Cookie()] = None,
    checked: Annotated[int, Query(validate_default=True)] = 1,
):
    return [required, tags, x_token, x_parts, session, checked]


@router.get("/filters")
async def parameter_model(filters: Annotated[Filters, Query()]):
    return filters


@router.post("/items", status_code=201)
async def body_and_model(item: Item) -> Item:
    return item


@router.put("/items/{item_id}", response_model_exclude_none=True)
def body_in_thread(item_id: int, item: Item | None = None) -> Item | None:
    return item


@router.post("/several")
async def several_bodies(item: Item, owner: Annotated[str, Body()] = "nobody"):
    return [item, owner]


@router.post("/form")
async def form(user: Annotated[str, Form()], age: Annotated[int, Form()] = 0):
    return [user, age]


@router.post("/login")
async def form_model(login: Annotated[Login, Form()]):
    return login.user


@router.post("/upload")
async def upload(image: UploadFile, copies: Annotated[list[bytes], File()] = []):
    return [image.filename, len(copies)]


@router.get("/me")
async def dependencies(user: Annotated[str, Depends(get_user)], db: Annotated[str, Depends(get_db)]):
    return [user, db]


@router.get("/pages", dependencies=[Depends(get_page)])
async def reused_dependency(q: int, page: Annotated[tuple[int, int], Depends(get_page)]):
    return [q, page]


@router.get("/function-scope")
async def function_scope(db: Annotated[str, Depends(get_db, scope="function")]):
    return db


@router.get("/pooled", dependencies=[Depends(get_settings, scope="app")])
async def app_scoped(
    page: Annotated[tuple[int, int], Depends(get_page)], pool: Annotated[str, Depends(get_pool, scope="app")]
):
    return [page, pool]


@router.get("/parallel", dependencies=[Depends(get_page, parallel=True)])
async def parallel(
    user: Annotated[str, Depends(get_user, parallel=True)],
    settings: Annotated[dict[str, str], Depends(get_settings, parallel=True)],
    file: Annotated[str, Depends(get_file)],
):
    return [user, settings, file]


@router.get("/limited")
def limited_dependency(file: Annotated[str, one_at_a_time]):
    return file


@router.get("/rights")
async def security_scopes(rights: Annotated[list[str], Security(get_rights, scopes=["read", "it's"])]):
    return rights


@router.get("/injected")
async def injected(request: Request, response: Response, tasks: BackgroundTasks):
    response.headers["x-path"] = request.url.path
    tasks.add_task(print)


@router.delete("/items/{item_id}", status_code=204)
async def no_content(item_id: int) -> None:
    return None


@router.get("/page", response_class=HTMLResponse)
async def html():
    return "<h1>Hello</h1>"


@router.get("/shop", response_class=Shop)
async def custom_class():
    return "open"


@router.get("/elsewhere", response_class=RedirectResponse, status_code=302)
async def redirect():
    return "/hello"


@router.get("/lines")
async def lines() -> AsyncIterator[Item]:
    yield Item(name="first")


@router.get("/events", response_class=EventSourceResponse)
def server_sent_events(last_event_id: Annotated[int | None, Header()] = None) -> Iterator[Any]:
    yield {"after": last_event_id}


@router.get("/raw", response_class=StreamingResponse)
async def raw_stream() -> AsyncIterator[str]:
    yield "text"


# Steps of batteries, one at each place


@dataclass(frozen=True)
class Option:
    name: str
    step: Step | None

    def analyse(self, route: Any, /) -> Step | None:
        return self.step


async def count_request(exchange: Exchange, x_key: Annotated[str, Header(min_length=4)]) -> None: ...


async def check_quota(user: Annotated[str, Depends(get_user)], cost: int = 1) -> None: ...


async def read_kept(call: Call, request: Request) -> Reply:
    return await call()


async def transaction(db: Annotated[str, Depends(get_db)]) -> AsyncIterator[None]:
    yield


def name_version(reply: Reply) -> Reply:
    return reply


def note_time(reply: Reply) -> Reply:
    return reply


@router.post("/early", extensions=[Option("limits", Step("limits", StepPlace.BEFORE_DEPENDENCIES, count_request))])
async def early_step(item: Item, user: Annotated[str, Depends(get_user)]):
    return item


@router.get("/late", extensions=[Option("quota", Step("quota", StepPlace.AFTER_DEPENDENCIES, check_quota))])
async def late_step(user: Annotated[str, Depends(get_user)]):
    return user


@router.get(
    "/around",
    extensions=[
        Option("cache", Step("cache", StepPlace.AROUND_ENDPOINT, read_kept)),
        Option("transaction", Step("transaction", StepPlace.AROUND_ENDPOINT, transaction)),
    ],
)
async def steps_around(db: Annotated[str, Depends(get_db)]):
    return db


@router.get(
    "/reply",
    extensions=[
        Option("version", Step("version", StepPlace.ON_REPLY, name_version, inline=True)),
        Option("time", Step("time", StepPlace.ON_REPLY, note_time)),
    ],
)
async def steps_on_reply():
    return {"message": "Hello"}


@router.websocket("/rooms/{room}")
async def websocket(websocket: WebSocket, room: int, db: Annotated[str, Depends(get_db, scope="function")]) -> None:
    await websocket.accept()
