"""What that-depends promises: providers as dependencies, within a context of the route."""

import httpx


def test_providers_are_injected(client: httpx.Client) -> None:
    assert client.get("/routed/5").json() == "shop session 5"
    assert client.get("/closed").json() == ["session"]


def test_providers_are_not_in_the_document(client: httpx.Client) -> None:
    operation = client.get("/openapi.json").json()["paths"]["/routed/{number}"]["get"]

    assert [it["name"] for it in operation["parameters"]] == ["number"]
