"""What fastapi-limiter promises: a dependency that answers 429 beyond its rate."""

import httpx
from conftest import Served
from websockets.sync.client import connect


def test_a_route_answers_429_beyond_its_rate(client: httpx.Client) -> None:
    answers = [client.get("/") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[2].json() == {"detail": "Too Many Requests"}


def test_a_decorated_route_is_not_limited(client: httpx.Client) -> None:
    assert [client.get("/skip").status_code for _ in range(3)] == [200, 200, 200]


def test_messages_of_a_websocket_are_limited(served: Served) -> None:
    with connect(f"ws://127.0.0.1:{served.port}/ws") as socket:
        socket.send("a")
        first = socket.recv()
        socket.send("a")
        assert (first, socket.recv()) == ("Hello, world", "Hello again")
