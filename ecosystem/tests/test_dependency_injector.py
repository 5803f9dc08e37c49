"""What dependency-injector promises: a container's objects as dependencies."""

import httpx


def test_objects_are_injected(client: httpx.Client) -> None:
    assert client.get("/included/5").json() == "shop 5"
    assert client.get("/plain?number=6").json() == "shop shop 6"
    assert client.get("/overridden").json() == "shop"


def test_other_parameters_are_validated(client: httpx.Client) -> None:
    assert client.get("/plain?number=x").status_code == 422
