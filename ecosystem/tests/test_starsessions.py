"""What starsessions promises: a session behind a cookie that only holds its id."""

import httpx


def test_a_session_is_kept(client: httpx.Client) -> None:
    visits = [client.post("/visit").json()["visits"] for _ in range(3)]

    assert visits == [1, 2, 3]
    assert client.get("/").json()["visits"] == 3


def test_a_session_gets_another_id(client: httpx.Client) -> None:
    client.post("/visit")
    before = client.cookies["session"]
    client.post("/regenerate")

    assert client.cookies["session"] != before
    assert client.get("/").json()["visits"] == 1


def test_an_empty_session_ends(client: httpx.Client) -> None:
    client.post("/visit")
    client.post("/clear")

    assert "session" not in client.cookies


def test_a_session_that_was_not_loaded_cannot_be_read(client: httpx.Client) -> None:
    assert client.get("/unloaded").status_code == 500
