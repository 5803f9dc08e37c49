"""What ddtrace promises: spans of requests, of serialization and of background tasks."""

from typing import Any

import httpx
import pytest


def spans(client: httpx.Client, path: str, status: int) -> dict[str, dict[str, Any]]:
    client.get("/kept")
    assert client.get(path).status_code == status
    return {span["name"]: span for span in client.get("/kept").json() if "/kept" not in span["resource"]}


@pytest.mark.parametrize(
    ("path", "route", "status"),
    [
        ("/items/5", "/items/{item_id}", 200),
        ("/items/x", "/items/{item_id}", 422),
        ("/orders/6", "/orders/{order_id}", 200),
        ("/mounted/parts/7", "/parts/{part_id}", 200),
        ("/fail", "/fail", 500),
    ],
)
def test_a_request_has_a_span(client: httpx.Client, path: str, route: str, status: int) -> None:
    request = spans(client, path, status)["fastapi.request"]

    assert request["resource"] == f"GET {route}"
    assert (request["status"], request["error"]) == (str(status), int(status == 500))


def test_serialization_has_a_span(client: httpx.Client) -> None:
    assert "fastapi.serialize_response" in spans(client, "/items/5", 200)


def test_a_background_task_has_a_span(client: httpx.Client) -> None:
    told = spans(client, "/orders/6", 200)
    for _ in range(100):  # it runs when the answer is sent, and so may be told by a later request
        if "fastapi.background_task" in told:
            break
        told |= {span["name"]: span for span in client.get("/kept").json()}

    assert "fastapi.background_task" in told
