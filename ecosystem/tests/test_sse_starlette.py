"""What sse-starlette promises: events on the wire, pings, and an end when the client leaves."""

import httpx


def test_events_are_sent(client: httpx.Client) -> None:
    answer = client.get("/count", params={"to": 2})

    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.text.split("\r\n\r\n") == [
        "id: 0\r\nevent: number\r\ndata: 0",
        "id: 1\r\nevent: number\r\ndata: 1",
        "event: end\r\ndata: ready\r\nretry: 1000",
        "",
    ]


def test_the_query_is_validated_first(client: httpx.Client) -> None:
    assert client.get("/count", params={"to": "x"}).status_code == 422


def test_a_silent_stream_is_pinged(client: httpx.Client) -> None:
    with client.stream("GET", "/pinged") as answer:
        assert next(answer.iter_lines()).startswith(": ping")


def test_a_generator_ends_when_its_client_leaves(client: httpx.Client) -> None:
    with client.stream("GET", "/endless") as answer:
        assert next(answer.iter_lines()) == "data: tick"

    assert client.get("/left").json() == "left"
