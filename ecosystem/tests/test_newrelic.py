"""What newrelic promises: transactions named after the endpoint."""

import httpx
import pytest


@pytest.mark.parametrize(("path", "name"), [("/items/5", "read_item"), ("/orders/6", "read_order")])
def test_a_transaction_is_named_after_its_endpoint(client: httpx.Client, path: str, name: str) -> None:
    assert client.get(path).json() == {"transaction": f"ecosystem.programs.newrelic:{name}", "within": True}


def test_a_handler_runs_within_the_transaction(client: httpx.Client) -> None:
    answer = client.get("/fail")

    assert answer.status_code == 404
    assert answer.json()["transaction"].startswith("ecosystem.programs.newrelic:")
