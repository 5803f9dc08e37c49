"""This program declares parameters of every source, with aliases, constraints and examples."""

from enum import Enum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AliasChoices

from zonda import Cookie, Depends, Header, Path, Query, Zonda

app = Zonda()


class Colour(Enum):
    """What it is painted with."""

    RED = "red"
    BLUE = "blue"


def paging(limit: Annotated[int, Query(ge=1, le=100)] = 20, offset: int = 0, x_trace: Annotated[str, Header()] = ""):
    return limit, offset, x_trace


def stricter_paging(
    page: Annotated[tuple[int, int, str], Depends(paging)],
    offset: Annotated[int, Query(description="Required here")],
):
    return page, offset


@app.get("/ships/{ship_id}/{name:path}")
def ship(ship_id: Annotated[UUID, Path(title="The ship")], name: str, colour: Colour, kind: Literal["sail", "steam"]):
    return None


@app.get("/search")
def search(
    q: Annotated[str | None, Query(min_length=3, max_length=50, pattern="^[a-z]+$", description="What to find")] = None,
    tag: Annotated[list[str], Query(alias="tag[]", examples=[["a", "b"]])] = [],  # noqa: B006
    first: Annotated[int, Query(validation_alias=AliasChoices("one", "two"))] = 1,
    secret: Annotated[str, Query(include_in_schema=False)] = "",
    old: Annotated[str, Query(deprecated=True, openapi_examples={"short": {"value": "x", "summary": "One"}})] = "",
    price: Annotated[float, Query(gt=0, lt=10, multiple_of=0.5, json_schema_extra={"x-unit": "EUR"})] = 1.5,
    page: Annotated[object, Depends(stricter_paging)] = None,
    again: Annotated[object, Depends(paging)] = None,
):
    return None


@app.get("/headers")
def headers(
    user_agent: Annotated[str | None, Header()] = None,
    odd_name: Annotated[str, Header(convert_underscores=False)] = "",
    token: Annotated[str, Header(alias="X_Token")] = "",
    repeated: Annotated[list[int] | None, Header()] = None,
    session: Annotated[str, Cookie(description="Who you are")] = "",
):
    return None
