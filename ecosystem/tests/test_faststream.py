"""What faststream promises: subscribers whose parameters are read as an endpoint's."""

import httpx


def test_a_subscriber_has_its_model_and_dependencies(client: httpx.Client) -> None:
    got = client.post("/orders", json={"name": "cup", "count": 2}).json()

    assert sorted(got) == ["receipt for cup", "shop cup 2"]


def test_a_message_is_validated(client: httpx.Client) -> None:
    assert client.post("/broken").json() == "RequestValidationError"
