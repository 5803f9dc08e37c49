"""What elastic-apm promises: transactions named after the route, and errors."""

import httpx
import pytest


@pytest.mark.parametrize(("path", "name"), [("/items/5", "/items/{item_id}"), ("/orders/6", "/orders/{order_id}")])
def test_a_transaction_is_named_after_its_route(client: httpx.Client, path: str, name: str) -> None:
    client.get("/kept")
    client.get(path)

    kept = [it for it in client.get("/kept").json() if it["name"] != "GET /kept"]

    assert kept == [{"kind": "transaction", "name": f"GET {name}", "result": "HTTP 2xx"}]


def test_an_error_is_captured_with_its_body(client: httpx.Client) -> None:
    client.get("/kept")
    assert client.post("/fail", json={"a": 1}).status_code == 500

    kept = {it["kind"]: it for it in client.get("/kept").json() if it["name"] != "GET /kept"}

    assert kept["error"]["name"] == "ValueError: no 1"
    assert '"a"' in str(kept["error"]["body"])
    assert kept["transaction"]["result"] == "HTTP 5xx"
