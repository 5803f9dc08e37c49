"""JSON bodies are parsed, coerced and refused as FastAPI does, and Pydantic's models are used whole."""

import datetime
from decimal import Decimal
from typing import Annotated, Any

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError, computed_field, field_validator, model_validator

from zonda import Body, Query, Request, Zonda
from zonda.exceptions import RequestValidationError
from zonda.responses import JSONResponse
from zonda.testclient import TestClient


class Part(BaseModel):
    weight: float


class Item(BaseModel):
    name: str = Field(min_length=2, max_length=10, pattern="^[a-z]+$")
    price: float = Field(gt=0)
    tags: list[str] = Field(default_factory=list, max_length=3)
    parts: list[Part] = []


class User(BaseModel):
    model_config = ConfigDict(str_strip_whitespace=True, validate_assignment=True, populate_by_name=True)

    name: str = Field(alias="userName")
    password: str
    again: str

    @field_validator("name")
    @classmethod
    def no_spaces(cls, value: str) -> str:
        if " " in value:
            raise ValueError("must not contain spaces")
        return value.lower()

    @model_validator(mode="after")
    def equal(self) -> "User":
        if self.password != self.again:
            raise ValueError("passwords differ")
        return self


class UserOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    name: str

    @computed_field
    def greeting(self) -> str:
        return f"Hi {self.name}"

    @property
    def secret(self) -> str:
        return "not shown"


def serve(endpoint: object, path: str = "/", method: str = "POST", **options: Any) -> TestClient:
    app = Zonda()
    app.api_route(path, methods=[method], **options)(endpoint)  # type: ignore[type-var]
    return TestClient(app)


def create(item: Item) -> Item:
    return item


def test_a_model_is_the_json_body() -> None:
    """A body is parsed, coerced and typed."""
    assert serve(create).post("/", json={"name": "pen", "price": "1.5"}).json() == {
        "name": "pen", "price": 1.5, "tags": [], "parts": []
    }  # fmt: skip


def test_a_missing_field() -> None:
    """A missing field is reported with its place and the whole input, without a link."""
    response = serve(create).post("/", json={"name": "pen"})

    assert response.status_code == 422
    assert response.json() == {
        "detail": [{"type": "missing", "loc": ["body", "price"], "msg": "Field required", "input": {"name": "pen"}}]
    }


def test_path_query_and_body_together() -> None:
    """Each parameter comes from its own place, and an optional body may be absent."""

    def endpoint(item_id: int, q: str | None = None, item: Item | None = None) -> list[Any]:
        return [item_id, q, item and item.name]

    client = serve(endpoint, "/items/{item_id}", "PUT")

    assert client.put("/items/3?q=x", json={"name": "pen", "price": 1}).json() == [3, "x", "pen"]
    assert client.put("/items/3").json() == [3, None, None]


def test_scalars_and_embedding() -> None:
    """Body() takes a scalar from the JSON, embed=True under its name."""

    def alone(n: Annotated[int, Body()]) -> int:
        return n

    def embedded(n: Annotated[int, Body(embed=True)]) -> int:
        return n

    assert serve(alone).post("/", json=5).json() == 5
    assert serve(embedded).post("/", json={"n": 5}).json() == 5
    assert serve(embedded).post("/", json=5).status_code == 422


def test_errors_inside_nested_models_have_the_whole_path() -> None:
    """loc goes down to the index and the field; all errors are reported at once."""
    wrong = {"name": "A", "price": -1, "parts": [{"weight": 1}, {"weight": "x"}], "tags": ["a", "b", "c", "d"]}
    response = serve(create).post("/", json=wrong)

    assert [(e["type"], e["loc"]) for e in response.json()["detail"]] == [
        ("string_too_short", ["body", "name"]),
        ("greater_than", ["body", "price"]),
        ("too_long", ["body", "tags"]),
        ("float_parsing", ["body", "parts", 1, "weight"]),
    ]


def test_lists_and_dicts_as_bodies() -> None:
    """list[Model] and dict[int, float] are bodies of their own; keys are converted."""

    def items(items: list[Item]) -> list[str]:
        return [item.name for item in items]

    def weights(weights: dict[int, float]) -> list[Any]:
        return [[key, value] for key, value in weights.items()]

    assert serve(items).post("/", json=[{"name": "pen", "price": 1}]).json() == ["pen"]
    assert serve(weights).post("/", json={"1": 2}).json() == [[1, 2.0]]


def test_malformed_json_tells_where() -> None:
    """Broken JSON is a 422 json_invalid with the offset."""
    response = serve(create).post("/", content='{"name": }', headers={"content-type": "application/json"})

    (error,) = response.json()["detail"]
    assert (response.status_code, error["type"], error["loc"], error["msg"]) == (
        422, "json_invalid", ["body", 9], "JSON decode error"
    )  # fmt: skip
    assert "error" in error["ctx"]


@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        ("application/json", 200),
        ("application/vnd.api+json", 200),
        ("application/json; charset=utf-8", 200),
        ("text/plain", 422),
        (None, 422),
    ],
)
def test_json_is_parsed_only_when_the_content_type_says_so(content_type: str | None, status: int) -> None:
    """application/json and +json are parsed, other types and none are not."""
    headers = {"content-type": content_type} if content_type else {}

    response = serve(create).post("/", content=b'{"name": "pen", "price": 1}', headers=headers)

    assert response.status_code == status


def test_validators_may_change_and_refuse() -> None:
    """A field validator transforms, its ValueError is a value_error; a model validator's place is the body."""

    def endpoint(user: User) -> str:
        return user.name

    client = serve(endpoint)
    good = {"userName": " ADA ", "password": "x", "again": "x"}

    assert client.post("/", json=good).json() == "ada"
    spaced = client.post("/", json={**good, "userName": "a b"}).json()["detail"][0]
    assert (spaced["type"], spaced["msg"]) == ("value_error", "Value error, must not contain spaces")
    differing = client.post("/", json={**good, "again": "y"}).json()["detail"][0]
    assert (differing["loc"], differing["msg"]) == (["body"], "Value error, passwords differ")


def test_configuration_of_models_is_honoured() -> None:
    """populate_by_name takes the field's name beside its alias; assignment is validated."""
    seen: list[User] = []

    def endpoint(user: User) -> None:
        seen.append(user)

    serve(endpoint).post("/", json={"name": "ada", "password": "x", "again": "x"})

    with pytest.raises(ValidationError):
        seen[0].name = "with spaces in"


def test_what_goes_out_is_another_model() -> None:
    """The output model hides the password, takes attributes of any object, computes fields, leaves out properties."""

    class Row:
        name = "ada"
        password = "secret"

    def endpoint() -> Any:
        return Row()

    assert serve(endpoint, response_model=UserOut).post("/").json() == {"name": "ada", "greeting": "Hi ada"}


def test_properties_are_not_serialised() -> None:
    """A plain property of the output model stays inside."""
    assert "secret" not in serve(lambda: UserOut(name="ada"), response_model=UserOut).post("/").json()


def test_default_factories_are_not_shared() -> None:
    """Each request has a list of its own."""

    def endpoint(item: Item) -> list[str]:
        item.tags.append("x")
        return item.tags

    client = serve(endpoint)

    assert [client.post("/", json={"name": "pen", "price": 1}).json() for _ in range(2)] == [["x"], ["x"]]


def test_a_patch_takes_the_keys_that_were_sent() -> None:
    """exclude_unset tells sent keys from defaults, and models have Pydantic's own methods."""

    class Change(BaseModel):
        name: str | None = None
        price: float | None = None

    def endpoint(change: Change) -> Any:
        return [change.model_dump(exclude_unset=True), change.model_dump(exclude={"name"}, by_alias=True)]

    assert serve(endpoint, method="PATCH").patch("/", json={"name": "pen"}).json() == [{"name": "pen"}, {"price": None}]


def test_numbers_have_their_own_constraints() -> None:
    """multiple_of and the places of a Decimal are checked."""

    class Price(BaseModel):
        amount: Decimal = Field(gt=0, decimal_places=2)
        pack: int = Field(multiple_of=6)

    def endpoint(price: Price) -> Price:
        return price

    client = serve(endpoint)

    assert client.post("/", json={"amount": "1.25", "pack": 12}).json() == {"amount": "1.25", "pack": 12}
    wrong = client.post("/", json={"amount": "1.255", "pack": 7}).json()["detail"]
    assert [error["type"] for error in wrong] == ["decimal_max_places", "multiple_of"]


def test_version_1_names_still_work_with_a_warning() -> None:
    """A model's dict() works in an endpoint, and Pydantic warns."""

    def endpoint(item: Item) -> Any:
        with pytest.warns(DeprecationWarning, match="model_dump"):
            return item.dict()

    assert serve(endpoint).post("/", json={"name": "pen", "price": 1}).json()["name"] == "pen"


def test_a_handler_may_reshape_validation_errors() -> None:
    """A handler for RequestValidationError answers in the user's own shape."""
    app = Zonda()
    app.post("/")(create)

    @app.exception_handler(RequestValidationError)
    async def reshape(request: Request, error: RequestValidationError) -> JSONResponse:
        fields = [{"field": " -> ".join(map(str, e["loc"])), "message": e["msg"]} for e in error.errors()]
        return JSONResponse({"success": False, "errors": fields}, 422)

    assert TestClient(app).post("/", json={"price": 1}).json() == {
        "success": False,
        "errors": [{"field": "body -> name", "message": "Field required"}],
    }


def test_dates_in_the_query() -> None:
    """Types of the standard library are parsed in any place."""

    def endpoint(day: Annotated[datetime.date, Query()]) -> str:
        return day.strftime("%d.%m.%Y")

    assert serve(endpoint, method="GET").get("/?day=2026-11-20").json() == "20.11.2026"
