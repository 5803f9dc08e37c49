"""This module is the application that hostile requests are sent to: every kind of parameter, in a few operations."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, EmailStr, Field, SecretStr

from zonda import Body, Cookie, Depends, File, Form, Header, Path, Query, UploadFile, Zonda


class Color(Enum):
    red = "red"
    blue = "blue"


class Cat(BaseModel):
    kind: Literal["cat"]
    lives: int


class Dog(BaseModel):
    kind: Literal["dog"]
    weight: Decimal


class Node(BaseModel):
    value: int | float | str | None = None
    children: list[Node] = []


class Order(BaseModel):
    """Its mutable defaults have factories: Pydantic copies the others for each object, which holds the loop up."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=50, pattern=r"^(\w+\s?)+$")]
    price: Annotated[Decimal, Field(default_factory=Decimal)]
    ratio: float = 0
    count: Annotated[int, Field(ge=0, lt=1000)] = 0
    color: Color = Color.red
    pet: Annotated[Cat | Dog, Field(discriminator="kind")] | None = None
    tree: Node | None = None
    on: date | None = None
    at: datetime | None = None
    clock: time | None = None
    lasts: timedelta | None = None
    id: UUID | None = None
    mail: EmailStr | None = None
    secret: SecretStr | None = None
    raw: bytes = b""
    tags: Annotated[set[str], Field(default_factory=set)]
    sizes: Annotated[dict[int, list[float]], Field(default_factory=dict)]
    anything: Any = None


class Filters(BaseModel):
    model_config = ConfigDict(extra="forbid")

    number: int = 0
    names: list[str] = []
    since: datetime | None = None


class Fields(BaseModel):
    x_number: int | None = None
    x_names: list[str] = []


class Session(BaseModel):
    token: str = ""
    number: int = 0


class Profile(BaseModel):
    name: str
    age: Annotated[int, Field(ge=0)] = 0
    tags: list[str] = []
    born: date | None = None


class Limit(BaseModel):
    value: Decimal


async def limit(
    limit: Annotated[Decimal, Query()] = Decimal(10), x_limit: Annotated[float | None, Header()] = None
) -> Limit:
    return Limit(value=limit)


def make_application() -> Zonda:
    """An application of its own, compiled with what is in place when it is made."""
    app = Zonda()

    @app.post("/order")
    async def take_order(order: Order) -> Order:
        return order

    @app.post("/orders")
    async def take_orders(orders: list[Order], most: Annotated[Limit, Depends(limit)]) -> int:
        return len(orders)

    @app.post("/parts")
    async def take_parts(
        number: Annotated[int, Body()],
        order: Annotated[Order, Body()],
        moment: Annotated[datetime | None, Body()] = None,
    ) -> int:
        return number

    @app.post("/numbers", response_model=None)
    async def take_numbers(numbers: dict[str, int | Decimal | float]) -> Any:
        return numbers

    @app.post("/anything", response_model=None)
    async def take_anything(anything: Annotated[Any, Body()]) -> Any:
        return anything

    @app.post("/form")
    async def take_form(
        name: Annotated[str, Form()],
        number: Annotated[int | None, Form()] = None,
        tags: Annotated[list[str], Form()] = [],  # noqa: B006  (FastAPI's style)
        color: Annotated[Color, Form()] = Color.red,
    ) -> str:
        return name

    @app.post("/profile")
    async def take_profile(profile: Annotated[Profile, Form()]) -> Profile:
        return profile

    @app.post("/files")
    async def take_files(
        file: UploadFile,
        files: list[UploadFile] = [],  # noqa: B006  (FastAPI's style)
        content: Annotated[bytes, File()] = b"",
        number: Annotated[int, Form()] = 0,
    ) -> list[str | None]:
        return [file.filename, file.content_type, *(one.filename for one in files)]

    @app.get("/values/{number}/{ratio:float}/{key}")
    async def take_values(
        number: int,
        ratio: float,
        key: UUID,
        color: Color = Color.red,
        price: Decimal = Decimal(0),
        lasts: timedelta | None = None,
        numbers: Annotated[list[int], Query()] = [],  # noqa: B006  (FastAPI's style)
        x_number: Annotated[int | None, Header()] = None,
        x_names: Annotated[list[str] | None, Header()] = None,
        token: Annotated[str, Cookie()] = "",
        number_of: Annotated[int, Cookie()] = 0,
    ) -> dict[str, Any]:
        return {"number": number, "price": price, "names": x_names, "token": token}

    @app.get("/models/{name}")
    async def take_models(
        name: Annotated[str, Path(max_length=100)],
        filters: Annotated[Filters, Query()],
        fields: Annotated[Fields, Header()],
        session: Annotated[Session, Cookie()],
    ) -> list[Any]:
        return [name, filters, fields, session]

    @app.get("/text/{path:path}")
    async def take_text(path: str, most: Annotated[Limit, Depends(limit)], query: str = "") -> list[str]:
        return [path, query]

    @app.get("/folder/{name}/")
    async def take_folder(name: str) -> str:
        return name

    return app
