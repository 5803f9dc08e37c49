"""What logfire promises: a span for each request, with the endpoint's arguments and what was wrong with them."""

import json
from typing import Any

import httpx


def spans(client: httpx.Client) -> dict[str, dict[str, Any]]:
    """By their names, and those inside a request by their messages."""
    told = client.get("/kept").json()
    return {it["name"] if it["name"].startswith("GET ") else it["attributes"]["logfire.msg"]: it for it in told}


def test_arguments_are_recorded(client: httpx.Client) -> None:
    assert client.get("/items/5").json() == {"item_id": 5, "currency": "EUR"}

    found = spans(client)

    request = found["GET /items/{item_id}"]["attributes"]
    assert request["http.route"] == "/items/{item_id}"
    assert json.loads(request["fastapi.arguments.values"]) == {"item_id": 5, "currency": "EUR"}
    assert "Reading 5" in found
    assert "FastAPI arguments" in found
    assert "GET /items/{item_id} (read_item)" in found


def test_errors_of_validation_are_recorded(client: httpx.Client) -> None:
    assert client.get("/items/x").status_code == 422

    request = spans(client)["GET /items/{item_id}"]["attributes"]

    assert json.loads(request["fastapi.arguments.errors"])[0]["loc"] == ["path", "item_id"]


def test_an_included_route_has_its_whole_template(client: httpx.Client) -> None:
    assert client.get("/orders/6").json() == 6

    found = spans(client)

    assert found["GET /orders/{order_id}"]["attributes"]["http.route"] == "/orders/{order_id}"
    assert found["GET /orders/{order_id} (read_order)"]["attributes"]["code.function"] == "read_order"


def test_an_exception_is_recorded(client: httpx.Client) -> None:
    assert client.get("/fail").status_code == 500

    assert "exception" in spans(client)["GET /fail"]["events"]
