"""What fastapi-lifespan-manager promises: parts of a lifespan, whose state requests see."""

import httpx


def test_requests_see_the_state_of_all_parts(client: httpx.Client) -> None:
    assert client.get("/").json() == {"database": "open", "cache": "over a database that is open"}
