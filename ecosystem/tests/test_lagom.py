"""What lagom promises: objects built by their types."""

import httpx


def test_objects_are_built(client: httpx.Client) -> None:
    assert client.get("/injected/5").json() == {"path": "/injected/5", "same": True, "number": 5}
