"""What strawberry promises: queries, mutations, subscriptions, and GraphiQL in the browser."""

import json

import httpx
from conftest import Served
from websockets.sync.client import connect


def ask(client: httpx.Client, query: str, **headers: str) -> httpx.Response:
    return client.post("/graphql", json={"query": query}, headers=headers)


def test_a_query_is_answered(client: httpx.Client) -> None:
    answer = ask(client, '{ hello(name: "Ada") path }', **{"accept-language": "de"})

    assert answer.json() == {"data": {"hello": "Hallo Ada", "path": "/graphql"}}


def test_an_invalid_query_is_refused(client: httpx.Client) -> None:
    assert "Cannot query field 'nothing'" in ask(client, "{ nothing }").json()["errors"][0]["message"]


def test_a_mutation_sets_a_header(client: httpx.Client) -> None:
    answer = ask(client, 'mutation { mark(value: "x") }')

    assert answer.json() == {"data": {"mark": "x"}}
    assert answer.headers["x-mark"] == "x"


def test_a_query_comes_in_the_url(client: httpx.Client) -> None:
    assert client.get("/graphql", params={"query": "{ hello }"}).json() == {"data": {"hello": "Hello World"}}


def test_a_browser_gets_graphiql(client: httpx.Client) -> None:
    answer = client.get("/graphql", headers={"accept": "text/html"})

    assert answer.headers["content-type"].startswith("text/html")
    assert "GraphiQL" in answer.text


def test_a_subscription_sends_its_values(served: Served) -> None:
    with connect(f"ws://127.0.0.1:{served.port}/graphql", subprotocols=["graphql-transport-ws"]) as socket:
        socket.send(json.dumps({"type": "connection_init"}))
        assert json.loads(socket.recv()) == {"type": "connection_ack"}
        query = {"query": "subscription { count }"}
        socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": query}))
        messages = [json.loads(socket.recv()) for _ in range(4)]

    assert [message["payload"]["data"]["count"] for message in messages[:3]] == [0, 1, 2]
    assert messages[3] == {"id": "1", "type": "complete"}
