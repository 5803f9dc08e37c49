"""What modern-di-fastapi promises: a scope for each request and each websocket."""

import httpx
from websockets.sync.client import connect


def test_a_request_has_one_value(client: httpx.Client) -> None:
    assert client.get("/inner/").json() == {"name": "shop", "same": True}


def test_a_websocket_has_values(client: httpx.Client) -> None:
    with connect(str(client.base_url.join("/ws")).replace("http", "ws")) as socket:
        assert socket.recv() == "shop"
