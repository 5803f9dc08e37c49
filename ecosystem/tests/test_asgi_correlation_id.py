"""What asgi-correlation-id promises: one id in the header and in the code that runs."""

import uuid

import httpx
import pytest


@pytest.mark.parametrize("path", ["/", "/plain"])
def test_the_clients_id_is_used(client: httpx.Client, path: str) -> None:
    answer = client.get(path, headers={"x-request-id": "mine"})

    assert (answer.json(), answer.headers["x-request-id"]) == ("mine", "mine")


def test_an_id_is_made(client: httpx.Client) -> None:
    answer = client.get("/")

    assert uuid.UUID(answer.headers["x-request-id"]).hex == answer.json().replace("-", "")


def test_a_failure_has_the_id(client: httpx.Client) -> None:
    answer = client.get("/fail", headers={"x-request-id": "mine"})

    assert (answer.status_code, answer.headers["x-request-id"]) == (500, "mine")
