"""What starlette-context promises: values of the request, readable everywhere in it."""

import httpx
import pytest


@pytest.mark.parametrize("path", ["/", "/plain", "/raw/", "/raw/plain"])
def test_the_context_holds_what_came(client: httpx.Client, path: str) -> None:
    sent = {"x-request-id": "0123456789abcdef0123456789abcdef", "user-agent": "tests"}

    answer = client.get(path, headers=sent)

    assert answer.json()["agent"] == "tests"
    assert answer.json()["X-Request-ID"] == sent["x-request-id"]
    assert answer.json()["seen"] is True
    assert answer.headers["x-request-id"] == sent["x-request-id"]
    assert len(answer.headers["x-correlation-id"]) == 32


def test_an_invalid_id_is_refused(client: httpx.Client) -> None:
    assert client.get("/", headers={"x-request-id": "not a uuid"}).status_code == 400
