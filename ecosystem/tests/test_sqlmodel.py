"""What sqlmodel promises: one class as table and schema."""

import httpx


def test_a_row_lives_and_dies(client: httpx.Client) -> None:
    team = client.post("/teams/", json={"name": "Preventers"}).json()
    hero = client.post("/heroes/", json={"name": "Rusty", "age": 48, "team_id": team["id"]}).json()
    address = f"/heroes/{hero['id']}"

    read = client.get(address).json()
    updated = client.patch(address, json={"age": 49}).json()

    assert read == {**hero, "team": team}
    assert updated == {**hero, "age": 49}
    assert client.delete(address).json() == {"ok": True}
    assert client.get(address).json() == {"detail": "Hero not found"}


def test_rows_are_listed(client: httpx.Client) -> None:
    for name in ("a", "b", "c"):
        client.post("/heroes/", json={"name": name})

    assert [hero["name"] for hero in client.get("/heroes/", params={"offset": 1, "limit": 2}).json()] == ["b", "c"]


def test_bodies_are_validated(client: httpx.Client) -> None:
    assert client.post("/heroes/", json={"name": "Young", "age": -1}).json()["detail"][0]["loc"] == ["body", "age"]
