"""What fastapi-events promises: handlers that run after the answer."""

import time

import httpx
import pytest


@pytest.mark.parametrize("path", ["/async/1", "/plain/2"])
def test_an_event_is_handled(client: httpx.Client, path: str) -> None:
    number = int(path[-1])

    assert number not in client.post(path).json()
    deadline = time.monotonic() + 5
    while number not in client.get("/seen").json():
        assert time.monotonic() < deadline
