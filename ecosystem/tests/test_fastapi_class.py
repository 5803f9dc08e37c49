"""What fastapi-class promises: one class for one resource."""

import httpx


def test_each_method_has_its_own_ways(client: httpx.Client) -> None:
    assert client.get("/items", params={"number": 3}).json() == {"number": 3}
    assert client.get("/items", params={"number": 0}).status_code == 422
    assert client.get("/items", params={"number": 9}).status_code == 404
    assert client.post("/items", json={"number": 1}).json() == {"number": 2}
    assert client.delete("/items").json() == "gone"
