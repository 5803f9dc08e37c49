"""This program has models whose schemas differ by direction, share names, hide others or refer to themselves."""

import dataclasses
from typing import Annotated, Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field, RootModel, WithJsonSchema, computed_field

from zonda import Zonda

T = TypeVar("T")


class Square(BaseModel):
    side: float = 1.0

    @computed_field(description="Made from the side")
    def area(self) -> float:
        return self.side**2


class Drawing(BaseModel):
    """Some squares. \f Not this."""

    squares: list[Square]
    parent: "Drawing | None" = None


class Hidden(BaseModel):
    value: int


class Custom(BaseModel):
    nested: Hidden

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: Any, handler: Any) -> Any:
        return {"type": "object", "title": "Made by hand"}


class Excluding(BaseModel):
    model_config = ConfigDict(title="With a title")

    public: int
    private: Hidden = Field(exclude=True)
    written: Annotated[Hidden, WithJsonSchema({"type": "string"})]


class Page(BaseModel, Generic[T]):
    items: list[T]
    total: int = 0


class Names(RootModel[list[str]]):
    pass


class Encoded(BaseModel):
    model_config = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")

    content: bytes


@dataclasses.dataclass
class Point:
    x: int
    square: Square | None = None


def first() -> type[BaseModel]:
    class Twin(BaseModel):
        a: int

    return Twin


def second() -> type[BaseModel]:
    class Twin(BaseModel):
        b: str

    return Twin


app = Zonda()


@app.post("/drawings")
def drawings(drawing: Drawing) -> Page[Drawing]: ...


@app.get("/custom")
def custom() -> Custom: ...


@app.put("/excluding")
def excluding(value: Excluding) -> Excluding: ...


@app.get("/only-out")
def only_out() -> list[Excluding]: ...


@app.post("/twins", response_model=second())
def twins(twin: first()): ...  # type: ignore[valid-type]


@app.post("/names")
def names(names: Names) -> dict[str, Names]: ...


@app.post("/bytes")
def encoded(value: Encoded) -> Encoded: ...


@app.post("/points")
def points(point: Point) -> Point: ...
