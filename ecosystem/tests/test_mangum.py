"""What mangum promises: an application behind Lambda's events."""

import httpx


def test_an_event_is_answered(client: httpx.Client) -> None:
    answer = client.post("/call/5", json={"a": 1}).json()

    assert answer["statusCode"] == 200
    assert answer["body"] == {"item_id": 5, "limit": 5, "body": {"a": 1}, "event": True}
    assert answer["cookies"] == ["seen=yes; Path=/; SameSite=lax"]


def test_an_event_is_validated(client: httpx.Client) -> None:
    assert client.post("/call/x", json={}).json()["statusCode"] == 422
