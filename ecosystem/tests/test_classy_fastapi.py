"""What classy-fastapi promises: methods of one object as routes."""

import json

import httpx
from websockets.sync.client import connect


def test_methods_answer_with_what_the_object_has(client: httpx.Client) -> None:
    assert client.get("/users/ada", params={"plus": 2}).json() == 38
    assert client.get("/users/ada", params={"plus": -1}).status_code == 422


def test_state_is_shared_by_methods(client: httpx.Client) -> None:
    assert client.delete("/users/eve").status_code == 204
    assert client.get("/users/").json() == ["ada", "bob"]


def test_websockets_are_methods_too(client: httpx.Client) -> None:
    with connect(str(client.base_url.join("/users/ws")).replace("http", "ws")) as socket:
        assert json.loads(socket.recv())["ada"] == 36
