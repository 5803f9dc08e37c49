"""What fastapi-injector promises: an injector's objects, the same within one request."""

import httpx


def test_objects_are_injected(client: httpx.Client) -> None:
    answers = [client.get("/injected").json() for _ in range(2)]

    assert answers == [{"number": 1, "same": True}, {"number": 2, "same": True}]
