"""This program declares whole models as query, header and cookie parameters."""

from typing import Annotated

from pydantic import AliasChoices, BaseModel, ConfigDict, Field

from zonda import Cookie, Header, Query, Zonda

app = Zonda()


class Filters(BaseModel):
    limit: int = Field(100, gt=0, le=100)
    order_by: str = Field("created", alias="orderBy", description="Which column")
    tags: list[str] = []
    choice: Annotated[str | None, Field(validation_alias=AliasChoices("x", "y"))] = None


class Trace(BaseModel):
    model_config = ConfigDict(extra="forbid")

    save_data: bool
    if_modified_since: str | None = Field(None, deprecated=True)
    x_tag: list[str] = []


class ByName(BaseModel):
    model_config = ConfigDict(validate_by_name=True, validate_by_alias=False)

    page_size: int = Field(alias="pageSize")


@app.get("/required")
def required(filters: Annotated[Filters, Query()], trace: Annotated[Trace, Header()]):
    return None


@app.get("/optional")
def optional(
    paging: Annotated[ByName | None, Query()] = None,
    trace: Annotated[Trace | None, Header(convert_underscores=False)] = None,
    cookies: Annotated[Trace, Cookie()] = ...,
):
    return None


@app.get("/hidden")
def hidden(filters: Annotated[Filters, Query(include_in_schema=False)]):
    return None
