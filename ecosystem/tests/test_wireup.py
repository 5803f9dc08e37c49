"""What wireup promises: services by their types, closed when the request has ended."""

import httpx
from websockets.sync.client import connect


def test_services_are_injected_and_closed(client: httpx.Client) -> None:
    assert client.get("/inner/3").json() == {"number": 3, "path": "/inner/3", "same": True}
    assert client.get("/inner/x").status_code == 422
    assert "/inner/3" in client.get("/closed").json()


def test_websockets_are_injected_too(client: httpx.Client) -> None:
    with connect(str(client.base_url.join("/ws")).replace("http", "ws")) as socket:
        assert socket.recv() == "shop"


def test_services_are_not_documented(client: httpx.Client) -> None:
    operation = client.get("/openapi.json").json()["paths"]["/inner/{number}"]["get"]

    assert [parameter["name"] for parameter in operation["parameters"]] == ["number"]
