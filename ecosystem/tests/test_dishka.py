"""What dishka promises: objects made and closed for each request, injected by their type."""

import httpx
import pytest
from conftest import Served
from websockets.sync.client import connect


@pytest.mark.parametrize("path", ["/decorated/5", "/routed/5", "/routed/plain/5"])
def test_an_object_is_injected_and_closed(client: httpx.Client, path: str) -> None:
    assert client.get(path).json() == {"item_id": 5, "session": f"shop {path}"}
    assert f"shop {path}" in client.get("/closed").json()


def test_other_parameters_are_validated(client: httpx.Client) -> None:
    assert client.get("/routed/x").status_code == 422


def test_injected_parameters_are_not_in_the_document(client: httpx.Client) -> None:
    paths = client.get("/openapi.json").json()["paths"]

    names = {path: [it["name"] for it in paths[path]["get"].get("parameters", [])] for path in paths}
    assert names["/routed/{item_id}"] == names["/decorated/{item_id}"] == ["item_id"]


def test_a_websocket_is_given_its_objects(served: Served) -> None:
    with connect(f"ws://127.0.0.1:{served.port}/ws") as socket:
        assert socket.recv() == "shop"
