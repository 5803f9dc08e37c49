"""What fastapi-hypermodel promises: links to the routes of the application."""

import httpx


def test_a_resource_links_to_itself(client: httpx.Client) -> None:
    answer = client.get("/items/one")

    assert answer.headers["content-type"] == "application/hal+json"
    links = answer.json()["_links"]
    assert links["self"]["href"] == "/items/one"
    assert links["search"]["href"] == "/items"
