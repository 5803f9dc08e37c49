"""What fastapi-csrf-protect promises: a form is only taken with its token."""

import httpx


def test_the_token_is_needed(client: httpx.Client) -> None:
    token = client.get("/login").json()["token"]

    refused = client.post("/login", headers={"x-csrf-token": "forged"})
    taken = client.post("/login", headers={"x-csrf-token": token})

    assert refused.status_code == 401
    assert (taken.status_code, taken.json()) == (200, {"detail": "OK"})
