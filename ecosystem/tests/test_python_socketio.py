"""What python-socketio promises: events in both directions over a websocket and over polling."""

import httpx
import pytest
import socketio
from conftest import Served


@pytest.mark.parametrize("transport", ["websocket", "polling"])
def test_events_are_answered(served: Served, transport: str) -> None:
    with socketio.SimpleClient() as client:
        client.connect(served.url, transports=[transport], socketio_path="/ws/socket.io", wait_timeout=10)

        assert client.call("add", [1, 2], timeout=10) == 3
        assert client.receive(timeout=10) == ["seen", [1, 2]]


def test_the_application_answers(client: httpx.Client) -> None:
    assert client.get("/hello").json() == "hello"
