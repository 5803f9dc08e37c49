"""What fastapi-decorators promises: what a decorator depends on is solved with all the rest."""

import httpx


def test_a_decorator_refuses(client: httpx.Client) -> None:
    assert client.get("/items/1").status_code == 401
    assert client.get("/items/1", headers={"x-token": "t"}).json() == 1
    assert client.get("/items/x", headers={"x-token": "t"}).status_code == 422


def test_a_decorator_is_given_what_it_depends_on(client: httpx.Client) -> None:
    assert client.get("/counted", params={"step": 3}).json() == {"opened": "session", "result": 3}
    assert client.get("/seen").json() == ["open", "closed"]
