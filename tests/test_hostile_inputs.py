"""Nothing that a client sends makes the reading of a request fail with 500, nor the answer that says what was wrong."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Annotated, Any

import pytest
from pydantic import BaseModel

from zonda import Body, Cookie, Form, Header, Query, UploadFile, Zonda
from zonda.responses import JSONResponse
from zonda.routing import APIRoute
from zonda.testclient import TestClient


class Item(BaseModel):
    name: str
    price: float
    tags: list[str] = []
    count: int = 0


app = Zonda()


@app.post("/item")
async def take_item(item: Item) -> Item:
    return item


@app.post("/numbers")
async def take_numbers(numbers: dict[str, int]) -> dict[str, int]:
    return numbers


class Anything(BaseModel):
    a: Any


@app.post("/anything", response_model=None)
async def take_anything(anything: Annotated[Any, Body()]) -> Any:
    return anything


@app.post("/model")
async def take_model(model: Anything) -> Anything:
    return model


@app.post("/two")
async def take_two(a: Annotated[int, Body()], b: Annotated[Item, Body()]) -> int:
    return a


@app.post("/form")
async def take_form(a: Annotated[int, Form()], b: Annotated[str, Form()] = "x") -> str:
    return b


@app.post("/file")
async def take_file(f: UploadFile, a: Annotated[int, Form()] = 0) -> str | None:
    return f.filename


@app.get("/path/{number}")
async def take_parameters(
    number: int,
    ratio: float = 0,
    numbers: Annotated[list[int], Query()] = [],  # noqa: B006  (FastAPI's style)
    header: Annotated[int | None, Header()] = None,
    cookie: Annotated[int | None, Cookie()] = None,
) -> int:
    return len(numbers)


@app.get("/text/{path:path}")
async def take_text(path: str, query: str = "", header: Annotated[str, Header()] = "") -> str:
    return path + query + header


@app.get("/decimal")
async def take_decimal(price: Decimal):  # type: ignore[no-untyped-def]  # an answer without a model
    return {"price": price}


client = TestClient(app, raise_server_exceptions=False)

DEEP = b"[" * 100_000
LONG = b"1" * 5000
BODIES = [
    b"[" * 1000 + b"]" * 1000,
    DEEP,
    b'{"a":' * 100_000,
    b"NaN",
    b"-Infinity",
    b"1e999",
    b'"\\ud800"',
    b'{"\\ud800": "x"}',
    b'{"name": {"a": NaN}, "price": "\\udfff"}',
    b'{"name": NaN, "price": NaN}',
    b'{"name": "a", "price": 1, "count": Infinity}',
    b'{"name": "a", "price": "' + LONG + b'", "count": ' + LONG + b"}",
    b'{"name": ' + b"[" * 900 + b"]" * 900 + b"}",
    b'{"a": ' + b"[" * 250 + b"]" * 250 + b"}",
    b'{"a": ' + b"[" * 200 + b"]" * 200 + b"}",
    b'{"a": ' + LONG + b"}",
    b'{"a": 1e4000}',
    b'{"a": NaN, "b": [1]}',
    b'{"a": 1, "b": {"name": NaN}}',
    LONG,
    b"\xff\xfe",
    b'"\xff"',
    b'{"name": "\xed\xa0\x80", "price": 1}',
    b"\x00",
    b'"\\u0000"',
    b"null",
    b"[]",
    b"",
    json.dumps({"a": 1}).encode("utf-16"),
]
KINDS = ["application/json", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("path", ["/item", "/numbers", "/anything", "/model", "/two"])
def test_json(path: str, kind: str) -> None:
    """Depth, NaN, infinities, half surrogate pairs, huge integers, broken UTF-8: 4xx with an answer that is JSON."""
    for body in BODIES:
        answer = client.post(path, content=body, headers={"content-type": kind})

        assert answer.status_code < 500, body[:60]
        json.loads(answer.content)


@pytest.mark.parametrize(("price", "answered"), [("1E5000", "1E+5000"), ("-1E99999", "-1E+99999"), ("1E2", 100)])
def test_a_decimal_with_a_large_exponent(price: str, answered: object) -> None:
    """A few bytes neither hold the loop up nor are answered with 500 where an endpoint sends them back."""
    answer = client.get("/decimal", params={"price": price})

    assert (answer.status_code, answer.json()) == (200, {"price": answered})


class Handled(APIRoute):
    """A route that is not compiled."""

    def get_route_handler(self) -> Any:
        return super().get_route_handler()


class Sizes(JSONResponse):
    """A class of the application's own."""

    media_type = "application/sizes+json"


class Verbatim(JSONResponse):
    """A class that writes what other readers understand."""

    def render(self, content: Any) -> bytes:
        return json.dumps(content).encode()


@pytest.mark.parametrize("route_class", [APIRoute, Handled])
@pytest.mark.parametrize("response_class", [None, JSONResponse, Sizes])
@pytest.mark.parametrize("model", [None, dict[float, float]])
@pytest.mark.parametrize("sent", ["inf", "-inf", "nan"])
def test_a_number_that_json_cannot_hold_is_sent_back_as_null(
    route_class: type[APIRoute], response_class: Any, model: Any, sent: str
) -> None:
    """With a response model or without, in each class that writes JSON as Starlette does; as a key it is text."""
    app = Zonda()
    app.router.route_class = route_class
    options = {} if response_class is None else {"response_class": response_class}

    @app.get("/", response_model=model, **options)
    async def read(size: float) -> Any:
        return {1.5: size} if model else {"sizes": [size], size: 1}

    answer = TestClient(app, raise_server_exceptions=False).get("/", params={"size": sent})

    assert answer.json() == ({"1.5": None} if model else {"sizes": [None], json.dumps(float(sent)): 1})


@pytest.mark.parametrize("route_class", [APIRoute, Handled])
def test_a_class_with_a_way_of_its_own_writes_what_it_likes(route_class: type[APIRoute]) -> None:
    """It may know words for numbers that JSON has none for."""
    app = Zonda()
    app.router.route_class = route_class

    @app.get("/", response_class=Verbatim, response_model=None)
    async def read(size: float) -> Any:
        return size

    assert TestClient(app).get("/", params={"size": "nan"}).text == "NaN"


FIELDS = [b"a=\xff", b"a=%ff", b"a=" + LONG, b"a=nan", b"%", b"&&&", b"a", b"=", b"a=1&b=%00", b";", b"a=1&b=%ed%a0%80"]
FORM_KINDS = [
    "application/x-www-form-urlencoded",
    "application/x-www-form-urlencoded; charset=nope",
    "multipart/form-data",
    "multipart/form-data; boundary=",
    "multipart/form-data; boundary=b",
    "multipart/form-data; boundary=\xff",
    "multipart/form-data; charset=nope; boundary=b",
    "multipart/form-data; charset=hex; boundary=b",
    "multipart/form-data; charset=undefined; boundary=b",
]
DISPOSITION = b"--b\r\nContent-Disposition: form-data"
PARTS = [
    DISPOSITION + b'; name="a"\r\n\r\n\xff\r\n--b--\r\n',
    DISPOSITION + b'; name="a"\r\n\r\n' + LONG + b"\r\n--b--\r\n",
    DISPOSITION + b"\r\n\r\nx\r\n--b--\r\n",
    DISPOSITION + b'; name="f"; filename="\xff\x00"\r\n\r\nx\r\n--b--\r\n',
    DISPOSITION + b'; name="\xed\xa0\x80"\r\n\r\nx\r\n--b--\r\n',
    DISPOSITION + b"; name=\"f\"; filename*=utf-8''%ff\r\nContent-Type: \xff\r\n\r\nx\r\n--b--\r\n",
    DISPOSITION + b"; name=\"f\"; filename*=nope''%ff\r\n\r\nx\r\n--b--\r\n",
    DISPOSITION + b'; name="f"; filename="a"\r\nContent-Transfer-Encoding: base64\r\n\r\n!!\r\n--b--\r\n',
    b"--b\r\n\r\n\r\n--b--\r\n",
    b"--b\r\nX\r\n\r\n",
    b"--b--",
    b"--b",
]


@pytest.mark.parametrize("kind", FORM_KINDS)
@pytest.mark.parametrize("path", ["/form", "/file"])
def test_forms(path: str, kind: str) -> None:
    """Broken boundaries, unknown charsets, names that are no text: 4xx, or the form as far as it makes sense."""
    for body in FIELDS + PARTS:
        answer = client.post(path, content=body, headers={"content-type": kind.encode("latin-1")})

        assert answer.status_code < 500, body[:60]


NUMBERS = ["nan", "inf", "1e400", "%ff", "%ed%a0%80", "%00", LONG.decode(), "-", "%D9%A1"]
FIELD_VALUES = [b"\xff", LONG, b'"\\777"; c=2; =; ;', b'"' + b"\\" * 2000 + b'"', b"nan"]


@pytest.mark.parametrize("number", NUMBERS)
def test_parameters(number: str) -> None:
    """Paths, queries, header fields and cookies that are no numbers, or no text."""
    targets = [
        f"/path/{number}",
        f"/path/1?ratio={number}",
        f"/path/1?numbers={number}",
        f"/text/{number}?query={number}",
    ]
    for target in targets:
        for value in FIELD_VALUES:
            answer = client.get(target.format(number), headers={"header": value, "cookie": b"cookie=" + value})

            assert answer.status_code < 500, (target[:60], value[:60])
