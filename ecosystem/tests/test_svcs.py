"""What svcs promises: services that are made when asked for and closed after the request."""

import httpx


def test_a_service_is_made_and_closed(client: httpx.Client) -> None:
    assert client.get("/async/5").json() == "shop 5"
    assert client.get("/closed").json() == ["session"]
