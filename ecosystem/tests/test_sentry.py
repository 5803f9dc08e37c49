"""What sentry-sdk promises: errors with their request, and transactions named after the route."""

from typing import Any

import httpx
import pytest


def kept(client: httpx.Client) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """(events, transactions) since it was last asked."""
    all_kept = [it for it in client.get("/kept").json() if it.get("transaction") != "/kept"]
    return (
        [it for it in all_kept if it.get("type") != "transaction" and "event_id" in it],
        [it for it in all_kept if it.get("type") == "transaction"],
    )


def test_an_error_is_captured_with_its_request(client: httpx.Client) -> None:
    assert client.get("/fail/tea?a=1").status_code == 500

    events, transactions = kept(client)

    (error,) = events
    assert error["exception"]["values"][-1]["value"] == "no tea"
    assert error["transaction"] == "/fail/{name}"
    assert error["request"]["url"].endswith("/fail/tea")
    assert error["request"]["query_string"] == "a=1"
    assert [it["transaction"] for it in transactions] == ["/fail/{name}"]


@pytest.mark.parametrize(("path", "name"), [("/plain/a", "/plain/{name}"), ("/orders/5", "/orders/{order_id}")])
def test_a_transaction_is_named_after_its_route(client: httpx.Client, path: str, name: str) -> None:
    assert client.get(path).status_code == 200

    _, transactions = kept(client)

    assert [(it["transaction"], it["transaction_info"]["source"]) for it in transactions] == [(name, "route")]
    assert transactions[0]["contexts"]["trace"]["op"] == "http.server"


def test_a_message_from_a_thread_belongs_to_its_request(client: httpx.Client) -> None:
    client.get("/plain/b")

    (message,), _ = kept(client)

    assert message["message"] == "plain b"
    assert message["transaction"] == "/plain/{name}"


def test_the_body_is_attached(client: httpx.Client) -> None:
    client.post("/body", json={"a": 1})

    (error,), _ = kept(client)

    assert error["request"]["data"] == {"a": 1}


@pytest.mark.parametrize(("status", "captured"), [(404, 0), (503, 1)])
def test_server_errors_are_captured_and_client_errors_are_not(client: httpx.Client, status: int, captured: int) -> None:
    assert client.get(f"/orders/{status}").status_code == status

    assert len(kept(client)[0]) == captured


def test_middleware_spans_are_recorded(client: httpx.Client) -> None:
    client.get("/orders/6")

    _, (transaction,) = kept(client)

    assert any(span["op"].startswith("middleware.starlette") for span in transaction["spans"])
