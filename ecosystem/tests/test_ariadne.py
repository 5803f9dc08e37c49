"""What ariadne promises: GraphQL as a mounted application and within a route."""

import json

import httpx
import pytest
from conftest import Served
from websockets.sync.client import connect


@pytest.mark.parametrize("path", ["/graphql", "/mounted/"])
def test_a_query_is_answered(client: httpx.Client, path: str) -> None:
    answer = client.post(path, json={"query": '{ hello(name: "Ada") }'})

    assert answer.json() == {"data": {"hello": f"Hello Ada on {path}"}}


@pytest.mark.parametrize("path", ["/ws", "/mounted/"])
def test_a_subscription_sends_its_values(served: Served, path: str) -> None:
    with connect(f"ws://127.0.0.1:{served.port}{path}", subprotocols=["graphql-transport-ws"]) as socket:
        socket.send(json.dumps({"type": "connection_init"}))
        assert json.loads(socket.recv())["type"] == "connection_ack"
        socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": {"query": "subscription { count(to: 2) }"}}))
        messages = [json.loads(socket.recv()) for _ in range(3)]

    assert [it["payload"]["data"]["count"] for it in messages[:2]] == [0, 1]
    assert messages[2]["type"] == "complete"
