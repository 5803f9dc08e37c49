"""What fastapi-users promises: users who register, log in with a token or a cookie, and change their data."""

import httpx
import pytest

ADA = {"email": "ada@example.com", "password": "analytical engine"}


@pytest.fixture(scope="module", autouse=True)
def registered(served) -> None:
    assert httpx.post(f"{served.url}/auth/register", json=ADA).status_code == 201


def login(client: httpx.Client, kind: str = "jwt", password: str = ADA["password"]) -> httpx.Response:
    return client.post(f"/auth/{kind}/login", data={"username": ADA["email"], "password": password})


def test_nobody_registers_twice(client: httpx.Client) -> None:
    answer = client.post("/auth/register", json=ADA)

    assert (answer.status_code, answer.json()) == (400, {"detail": "REGISTER_USER_ALREADY_EXISTS"})


def test_a_token_opens_what_is_protected(client: httpx.Client) -> None:
    token = login(client).json()["access_token"]

    assert client.get("/greeting").status_code == 401
    assert client.get("/greeting", headers={"authorization": f"Bearer {token}"}).json() == "Hello ada@example.com"


def test_a_cookie_opens_what_is_protected(client: httpx.Client) -> None:
    assert login(client, "cookie").status_code == 204

    assert client.get("/greeting").json() == "Hello ada@example.com"


def test_a_wrong_password_is_refused(client: httpx.Client) -> None:
    answer = login(client, password="wrong")

    assert (answer.status_code, answer.json()) == (400, {"detail": "LOGIN_BAD_CREDENTIALS"})


def test_users_read_and_change_themselves(client: httpx.Client) -> None:
    login(client, "cookie")
    changed = client.patch("/users/me", json={"email": "lovelace@example.com"})
    read = client.get("/users/me")
    client.patch("/users/me", json={"email": ADA["email"]})

    assert changed.json()["email"] == read.json()["email"] == "lovelace@example.com"


def test_only_superusers_see_others(client: httpx.Client) -> None:
    login(client, "cookie")

    assert client.get("/users/6a7e6d4c-7ec5-4d5c-a07e-2f2bbd1b0f5e").status_code == 403
