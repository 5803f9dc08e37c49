"""What fastcrud promises: endpoints that create, read, update, list, filter and delete."""

import httpx


def test_a_row_lives_and_dies(client: httpx.Client) -> None:
    created = client.post("/items", json={"name": "cup", "description": "blue"})
    number = created.json()["id"]
    updated = client.patch(f"/items/{number}", json={"name": "cup", "description": "red"})
    read = client.get(f"/items/{number}")
    deleted = client.delete(f"/items/{number}")

    assert [it.status_code for it in (created, updated, read, deleted)] == [200, 200, 200, 200]
    assert read.json() == {"id": number, "name": "cup", "description": "red"}
    assert client.get(f"/items/{number}").status_code == 404


def test_rows_are_listed_in_pages_and_filtered(client: httpx.Client) -> None:
    for name in ("a", "b", "b"):
        client.post("/items", json={"name": name, "description": ""})

    page = client.get("/items", params={"page": 1, "itemsPerPage": 2}).json()
    found = client.get("/items", params={"name": "b"}).json()

    assert len(page["data"]) == 2
    assert page["total_count"] == 3
    assert [row["name"] for row in found["data"]] == ["b", "b"]


def test_bodies_are_validated(client: httpx.Client) -> None:
    assert client.post("/items", json={"name": "cup"}).status_code == 422
