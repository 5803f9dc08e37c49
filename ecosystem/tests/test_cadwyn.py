"""What cadwyn promises: each version of an API from the newest one, chosen by a header."""

import httpx

OLD, NEW = ({"x-api-version": version} for version in ("2023-01-01", "2024-01-01"))


def test_each_version_has_its_schema(client: httpx.Client) -> None:
    old = client.post("/users?name=ada", json={"address": "Rome"}, headers=OLD).json()
    new = client.post("/users?name=ada", json={"addresses": ["Oslo", "Bonn"]}, headers=NEW).json()

    assert old == {"id": old["id"], "caller": "ada", "address": "Rome"}
    assert new == {"id": new["id"], "caller": "ada", "addresses": ["Oslo", "Bonn"]}
    assert client.get(f"/users/{old['id']}", headers=NEW).json()["addresses"] == ["Rome"]
    assert client.get(f"/users/{new['id']}", headers=OLD).json()["address"] == "Oslo"


def test_each_version_validates(client: httpx.Client) -> None:
    answer = client.post("/users", json={"addresses": ["Rome"]}, headers=OLD)

    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"] == ["body", "address"]


def test_each_version_has_its_routes(client: httpx.Client) -> None:
    assert client.delete("/users/1", headers=NEW).json() == 1
    assert client.delete("/users/1", headers=OLD).status_code == 405


def test_each_version_has_its_document(client: httpx.Client) -> None:
    old, new = (client.get("/openapi.json", params={"version": it["x-api-version"]}).json() for it in (OLD, NEW))

    assert "address" in old["components"]["schemas"]["UserRead"]["properties"]
    assert "addresses" in new["components"]["schemas"]["UserRead"]["properties"]
    assert "delete" not in old["paths"]["/users/{user_id}"]
