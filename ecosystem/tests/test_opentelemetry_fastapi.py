"""What opentelemetry-instrumentation-fastapi promises: server spans and metrics under the route's template."""

from typing import Any

import httpx
import pytest
from conftest import Served
from websockets.sync.client import connect


def server_spans(client: httpx.Client) -> list[dict[str, Any]]:
    return [span for span in client.get("/kept").json() if span["kind"] == "SERVER"]


@pytest.mark.parametrize(
    ("path", "template", "status"),
    [
        ("/items/5", "/items/{item_id}", 200),
        ("/items/x", "/items/{item_id}", 422),
        ("/orders/6", "/orders/{order_id}", 200),
        ("/mounted/parts/7", "/mounted", 200),
    ],
)
def test_a_span_is_named_after_its_route(client: httpx.Client, path: str, template: str, status: int) -> None:
    assert client.get(path).status_code == status

    (span,) = server_spans(client)

    assert span["name"].startswith(f"GET {template}")
    assert span["attributes"]["http.route"].startswith(template)
    assert span["attributes"]["http.status_code"] == status


def test_the_endpoint_runs_inside_the_span(client: httpx.Client) -> None:
    assert client.get("/items/5").json() is True
    assert client.get("/orders/5").json() is True


def test_the_callers_trace_is_continued(client: httpx.Client) -> None:
    server_spans(client)
    client.get("/items/5", headers={"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"})

    (span,) = server_spans(client)

    assert span["trace"] == "0af7651916cd43dd8448eb211c80319c"


def test_an_unhandled_error_marks_the_span(client: httpx.Client) -> None:
    server_spans(client)
    assert client.get("/fail").status_code == 500

    (span,) = server_spans(client)

    assert (span["name"], span["status"]) == ("GET /fail", "ERROR")


def test_a_websocket_has_a_span(served: Served, client: httpx.Client) -> None:
    server_spans(client)
    with connect(f"ws://127.0.0.1:{served.port}/echo") as socket:
        socket.send("hi")
        assert socket.recv() == "hi"

    (span,) = server_spans(client)

    assert span["attributes"]["http.route"] == "/echo"


def test_durations_are_measured_under_the_template(client: httpx.Client) -> None:
    client.get("/orders/8")

    points = client.get("/metrics").json()

    targets = [it["attributes"].get("http.target") for it in points if it["name"] == "http.server.duration"]
    assert "/orders/{order_id}" in targets
