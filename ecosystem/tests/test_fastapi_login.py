"""What fastapi-login promises: a manager that is a dependency, with scopes, cookies and a middleware."""

import httpx


def log_in(client: httpx.Client, **form: str) -> httpx.Response:
    return client.post("/login", data={"username": "ada", "password": "hunter2", **form})


def test_a_token_opens_what_is_protected(client: httpx.Client) -> None:
    assert client.get("/me").status_code == 401
    token = log_in(client).json()["access_token"]
    client.cookies.clear()

    assert client.get("/me", headers={"authorization": f"Bearer {token}"}).json() == ["ada", "ada"]


def test_the_cookie_does_too(client: httpx.Client) -> None:
    log_in(client)

    assert client.get("/me").json() == ["ada", "ada"]
    client.cookies.clear()


def test_a_wrong_password_is_refused(client: httpx.Client) -> None:
    assert log_in(client, password="guess").status_code == 401


def test_scopes_are_asked_for(client: httpx.Client) -> None:
    log_in(client)
    without = client.get("/admin").status_code
    log_in(client, scope="admin")

    assert (without, client.get("/admin").json()) == (400, "ada")
    client.cookies.clear()
