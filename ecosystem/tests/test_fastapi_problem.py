"""What fastapi-problem promises: RFC 9457 for errors of the program, of requests and of neither."""

import httpx
import pytest


@pytest.mark.parametrize(
    ("path", "status", "title"),
    [
        ("/users/1", 404, "User not found."),
        ("/users/2", 500, "Unhandled exception occurred."),
        ("/users/x", 422, "Request validation error."),
        ("/none", 404, "Not Found"),
    ],
)
def test_what_goes_wrong_is_a_problem(client: httpx.Client, path: str, status: int, title: str) -> None:
    answer = client.get(path)

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.json()["status"], answer.json()["title"]) == (status, title)


def test_the_document_has_the_problem(client: httpx.Client) -> None:
    assert "Problem" in client.get("/openapi.json").json()["components"]["schemas"]
