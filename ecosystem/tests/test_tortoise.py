"""What tortoise-orm promises: rows as models, and handlers for what goes wrong."""

import httpx


def test_a_row_is_created_and_read(client: httpx.Client) -> None:
    created = client.post("/users", json={"name": "Ada"}).json()

    assert created == {"id": created["id"], "name": "Ada"}
    assert client.get(f"/users/{created['id']}").json() == created


def test_errors_have_handlers(client: httpx.Client) -> None:
    client.post("/users", json={"name": "Grace"})

    assert client.get("/users/99").status_code == 404
    assert client.post("/users", json={"name": "Grace"}).status_code == 422


def test_the_length_is_validated(client: httpx.Client) -> None:
    assert client.post("/users", json={"name": "x" * 21}).json()["detail"][0]["type"] == "string_too_long"
