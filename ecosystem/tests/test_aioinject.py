"""What aioinject promises: a container's objects, injected and closed."""

import httpx


def test_objects_are_injected(client: httpx.Client) -> None:
    assert client.get("/injected/5").json() == "shop 5"
    assert client.get("/closed").json() == ["session"]


def test_objects_are_not_in_the_document(client: httpx.Client) -> None:
    operation = client.get("/openapi.json").json()["paths"]["/injected/{number}"]["get"]

    assert [it["name"] for it in operation["parameters"]] == ["number"]
