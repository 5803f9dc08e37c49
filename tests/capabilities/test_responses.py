"""What an endpoint returns becomes the response that its declaration promises."""

import datetime
import uuid
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel
from starlette.exceptions import StarletteDeprecationWarning

from zonda import HTTPException, Response, Zonda, status
from zonda.exceptions import ResponseValidationError
from zonda.responses import FileResponse, HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse
from zonda.testclient import TestClient


class Item(BaseModel):
    name: str
    price: float = 1.0
    note: str | None = None


def serve(endpoint: object, **options: Any) -> TestClient:
    app = Zonda()
    app.get("/", **options)(endpoint)  # type: ignore[type-var]
    return TestClient(app, follow_redirects=False)


def test_a_response_model_filters_and_validates() -> None:
    """Fields that the model does not have are dropped; what does not fit it is an error of the server."""
    fitting = serve(lambda: {"name": "pen", "secret": 1}, response_model=Item)

    assert fitting.get("/").json() == {"name": "pen", "price": 1.0, "note": None}
    with pytest.raises(ResponseValidationError):
        serve(lambda: {"price": 1}, response_model=Item).get("/")


def test_the_return_annotation_is_a_response_model() -> None:
    """An annotation filters as response_model does, and each item of a list is filtered."""

    def endpoint() -> list[Item]:
        return [{"name": "pen", "secret": 1}]  # type: ignore[list-item]

    assert serve(endpoint).get("/").json() == [{"name": "pen", "price": 1.0, "note": None}]
    assert serve(endpoint, response_model=list[Item]).get("/").json() == serve(endpoint).get("/").json()


@pytest.mark.parametrize(
    ("option", "left"),
    [
        ({"response_model_exclude_unset": True}, {"name": "pen"}),
        ({"response_model_exclude_none": True}, {"name": "pen", "price": 1.0}),
        ({"response_model_exclude_defaults": True}, {"name": "pen"}),
        ({"response_model_include": {"price"}}, {"price": 1.0}),
        ({"response_model_exclude": {"price"}}, {"name": "pen", "note": None}),
    ],
)
def test_what_is_left_out(option: dict[str, Any], left: dict[str, Any]) -> None:
    """Each option leaves out what its name says."""
    assert serve(lambda: Item(name="pen"), response_model=Item, **option).get("/").json() == left


@pytest.mark.parametrize("code", [201, 202])
def test_the_status_of_the_decorator(code: int) -> None:
    """status_code on the decorator is the status of success."""
    assert serve(lambda: {"made": 1}, status_code=code).get("/").status_code == code


def test_204_has_no_body() -> None:
    """A 204 is sent without content, whatever the endpoint returns."""
    response = serve(lambda: None, status_code=204).get("/")

    assert (response.status_code, response.content) == (204, b"")


def test_response_classes_are_sent_as_given(tmp_path: Path) -> None:
    """A Response of any class is sent unfiltered with its own type and status."""
    file = tmp_path / "a.txt"
    file.write_text("from a file")
    made = {
        "json": JSONResponse({"a": 1}, 203),
        "raw": Response(b"\x00\x01", media_type="application/octet-stream"),
        "html": HTMLResponse("<p>"),
        "plain": PlainTextResponse("text"),
        "redirect": RedirectResponse("/there"),
        "file": FileResponse(file),
    }
    seen = {}
    for name, response in made.items():
        answer = serve(lambda response=response: response, response_model=None).get("/")
        seen[name] = (answer.status_code, answer.headers.get("content-type"), answer.content)

    assert seen == {
        "json": (203, "application/json", b'{"a":1}'),
        "raw": (200, "application/octet-stream", b"\x00\x01"),
        "html": (200, "text/html; charset=utf-8", b"<p>"),
        "plain": (200, "text/plain; charset=utf-8", b"text"),
        "redirect": (307, None, b""),
        "file": (200, "text/plain; charset=utf-8", b"from a file"),
    }


def test_the_injected_response_is_merged() -> None:
    """Status and headers set on the injected Response are those of the real one."""

    def endpoint(response: Response) -> dict[str, int]:
        response.status_code = 201
        response.headers["x-made"] = "yes"
        return {"a": 1}

    answer = serve(endpoint).get("/")

    assert (answer.status_code, answer.headers["x-made"], answer.json()) == (201, "yes", {"a": 1})


def test_cookies() -> None:
    """A cookie is set with its attributes, and deleted by an expired one."""

    def endpoint(response: Response) -> None:
        response.set_cookie("session", "s", max_age=60, httponly=True, secure=True, samesite="strict")
        response.delete_cookie("old")

    cookies = serve(endpoint).get("/").headers.get_list("set-cookie")

    assert cookies[0] == "session=s; HttpOnly; Max-Age=60; Path=/; SameSite=strict; Secure"
    assert 'old=""; expires=' in cookies[1]
    assert "Max-Age=0" in cookies[1]


def test_an_object_is_encoded_by_the_response_model() -> None:
    """An ORM-like object goes out through a model that reads attributes."""

    class Out(BaseModel, from_attributes=True):
        name: str

    class Row:
        name = "pen"
        secret = 1

    assert serve(Row, response_model=Out).get("/").json() == {"name": "pen"}


def test_headers_on_errors() -> None:
    """The headers of an HTTPException are sent."""

    def endpoint() -> None:
        raise HTTPException(404, "Gone fishing", headers={"X-Error": "yes"})

    answer = serve(endpoint).get("/")

    assert (answer.status_code, answer.json(), answer.headers["x-error"]) == (404, {"detail": "Gone fishing"}, "yes")


def test_status_names() -> None:
    """The constants have the names of the standard, and the renamed one warns."""
    assert (status.HTTP_201_CREATED, status.WS_1008_POLICY_VIOLATION) == (201, 1008)
    with pytest.warns(StarletteDeprecationWarning, match="HTTP_422_UNPROCESSABLE_CONTENT"):
        assert status.HTTP_422_UNPROCESSABLE_ENTITY == 422


def test_values_without_a_model() -> None:
    """Dates, UUIDs, Decimals, sets and bytes have FastAPI's JSON forms."""
    values = {
        "day": datetime.date(2026, 11, 20),
        "moment": datetime.datetime(2026, 11, 20, 12, tzinfo=datetime.UTC),
        "span": datetime.timedelta(seconds=90),
        "id": uuid.UUID(int=1),
        "whole": Decimal(3),
        "part": Decimal("1.5"),
        "bytes": b"abc",
        "set": {1},
    }

    assert serve(lambda: values).get("/").json() == {
        "day": "2026-11-20",
        "moment": "2026-11-20T12:00:00+00:00",
        "span": 90.0,
        "id": "00000000-0000-0000-0000-000000000001",
        "whole": 3,
        "part": 1.5,
        "bytes": "abc",
        "set": [1],
    }
