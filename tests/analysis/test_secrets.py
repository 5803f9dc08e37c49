"""This module tests that rejected values of secret fields are not told, where an application asks for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

import pytest
from pydantic import BaseModel, Field, RootModel, Secret, SecretStr, WithJsonSchema
from typing_extensions import TypedDict

from zonda import Body, Cookie, Depends, Form, Header, Path, Query, WebSocket, Zonda
from zonda.analysis.secrets import MASK
from zonda.exceptions import RequestValidationError
from zonda.responses import PlainTextResponse
from zonda.routing import APIRoute
from zonda.testclient import TestClient
from zonda.websockets import WebSocketDisconnect

Password = Annotated[SecretStr, Field(min_length=20)]
Marked = Annotated[str, Field(min_length=20, json_schema_extra={"writeOnly": True})]
WRONG = "hunter2"


class Login(BaseModel):
    name: str
    password: Password


class Account(BaseModel):
    age: int = 0
    address: dict[str, str] = {}
    login: Login
    others: list[Login] = []


class Keys(RootModel[list[Password]]):
    pass


@dataclass
class Token:
    scope: str
    value: Marked


class Card(TypedDict):
    owner: str
    number: Annotated[str, Field(min_length=20), WithJsonSchema({"type": "string", "writeOnly": True})]


class Renamed(BaseModel, extra="forbid"):
    pin: Secret[int] = Field(alias="PIN")
    plain: int = Field(0, alias="Plain")


class OwnHandler(APIRoute):
    """A route that is run step by step."""

    def get_route_handler(self) -> Any:
        return super().get_route_handler()


def solve(password: Annotated[Password, Query()]) -> str:
    return "solved"


async def account(account: Account) -> None: ...
async def embedded(account: Annotated[Account, Body(embed=True)]) -> None: ...
async def keys(keys: Keys) -> None: ...
async def token(token: Token) -> None: ...
async def card(card: Card) -> None: ...
async def renamed(renamed: Renamed) -> None: ...
async def form(login: Annotated[Login, Form()]) -> None: ...
async def form_field(password: Annotated[Password, Form()]) -> None: ...
async def query(password: Annotated[Password, Query()], page: int = 0) -> None: ...
async def marked(key: Annotated[Marked, Query()]) -> None: ...
async def query_model(login: Annotated[Login, Query()]) -> None: ...
async def header(x_key: Annotated[Password, Header()]) -> None: ...
async def cookie(session: Annotated[Password, Cookie()]) -> None: ...
async def dependency(solved: Annotated[str, Depends(solve)]) -> None: ...
async def path(key: Annotated[Password, Path()]) -> None: ...


ENDPOINTS = [
    account, embedded, keys, token, card, renamed, form, form_field, query, marked, query_model, header, cookie,
    dependency,
]  # fmt: skip


def application(route_class: type[APIRoute], **options: bool) -> Zonda:
    app = Zonda(**options)  # type: ignore[arg-type]
    app.router.route_class = route_class
    for endpoint in ENDPOINTS:
        app.post(f"/{endpoint.__name__}")(endpoint)
    app.post("/path/{key}")(path)
    return app


LOGIN = {"name": "me", "password": WRONG}

REQUESTS: dict[str, tuple[str, dict[str, Any]]] = {
    "a nested field": ("/account", {"json": {"login": LOGIN}}),
    "one in a list": ("/account", {"json": {"login": LOGIN, "others": [LOGIN]}}),
    "the object around it": ("/account", {"json": {"login": {"password": WRONG * 5}}}),
    "the whole body": ("/account", {"json": {"password": WRONG}}),
    "a body of another type": ("/account", {"json": [WRONG]}),
    "a body that is no JSON": ("/account", {"content": WRONG, "headers": {"content-type": "text/plain"}}),
    "an embedded body": ("/embedded", {"json": {"account": {"login": {"password": WRONG}}}}),
    "an item of a root model": ("/keys", {"json": [WRONG]}),
    "a field of a dataclass": ("/token", {"json": {"scope": "all", "value": WRONG}}),
    "the dataclass": ("/token", {"json": {"value": WRONG}}),
    "a field of a TypedDict": ("/card", {"json": {"owner": "me", "number": WRONG}}),
    "the TypedDict": ("/card", {"json": {"number": WRONG}}),
    "an alias": ("/renamed", {"json": {"PIN": WRONG}}),
    "a misspelt name": ("/renamed", {"json": {"PIN": 1, "pin": WRONG}}),
    "a field of a form": ("/form", {"data": LOGIN}),
    "a form": ("/form", {"data": {"password": WRONG * 5}}),
    "a parameter of a form": ("/form_field", {"data": {"password": WRONG}}),
    "a query parameter": ("/query", {"params": {"password": WRONG}}),
    "a marked parameter": ("/marked", {"params": {"key": WRONG}}),
    "a field of a query model": ("/query_model", {"params": LOGIN}),
    "a query model": ("/query_model", {"params": {"password": WRONG * 5}}),
    "a header": ("/header", {"headers": {"x-key": WRONG}}),
    "a cookie": ("/cookie", {"headers": {"cookie": f"session={WRONG}"}}),
    "a dependency": ("/dependency", {"params": {"password": WRONG}}),
    "a path": (f"/path/{WRONG}", {}),
}


@pytest.mark.parametrize("option", ["problem_details", "corrections"])
@pytest.mark.parametrize("route_class", [APIRoute, OwnHandler], ids=["compiled", "stepped"])
@pytest.mark.parametrize("request_name", REQUESTS)
def test_what_was_refused_is_not_told(request_name: str, route_class: type[APIRoute], option: str) -> None:
    """Neither the value of a secret field nor the object that holds it, wherever it came from."""
    path, options = REQUESTS[request_name]
    told: list[str] = []
    app = application(route_class, **{option: True})

    response = TestClient(app).post(path, **options)

    @app.exception_handler(RequestValidationError)
    async def note(request: Any, error: RequestValidationError) -> PlainTextResponse:
        told.append(str(error))
        return PlainTextResponse("", 422)

    app.middleware_stack = app._stack = None
    TestClient(app).post(path, **options)

    assert response.status_code == 422
    assert MASK in response.text
    assert WRONG not in response.text
    assert MASK in told[0]
    assert WRONG not in told[0]


@pytest.mark.parametrize("route_class", [APIRoute, OwnHandler], ids=["compiled", "stepped"])
@pytest.mark.parametrize("request_name", REQUESTS)
def test_by_default_it_is_told_as_by_fastapi(request_name: str, route_class: type[APIRoute]) -> None:
    """Without an option nothing is masked, as on FastAPI."""
    path, options = REQUESTS[request_name]

    response = TestClient(application(route_class)).post(path, **options)

    assert response.status_code == 422
    assert WRONG in response.text


def test_other_values_are_told() -> None:
    """What a secret stands beside is quoted as always, as long as it holds none."""
    client = TestClient(application(APIRoute, problem_details=True))

    def inputs(path: str, **options: Any) -> list[Any]:
        return [error["input"] for error in client.post(path, **options).json()["errors"]]

    strong = {"name": "me", "password": WRONG * 5}
    assert inputs("/account", json={"login": strong, "age": "old"}) == ["old"]
    assert inputs("/account", json={"login": strong, "address": {"street": 5}}) == [5]
    assert inputs("/account", json={"login": {**strong, "name": [1]}}) == [[1]]
    assert inputs("/query", params={"password": WRONG * 5, "page": "x"}) == ["x"]
    assert inputs("/query") == [None]
    assert inputs("/renamed", json={"PIN": 1, "Plain": "x"}) == ["x"]


def test_websockets_do_not_tell_it_either() -> None:
    """The reason with which a websocket is refused quotes no secret."""
    app = Zonda(corrections=True)

    @app.websocket("/")
    async def open_session(websocket: WebSocket, password: Annotated[Password, Query()]) -> None: ...

    client = TestClient(app)

    with pytest.raises(WebSocketDisconnect) as refused, client.websocket_connect(f"/?password={WRONG}"):
        pass
    assert MASK in str(refused.value.reason)
    assert WRONG not in str(refused.value.reason)
