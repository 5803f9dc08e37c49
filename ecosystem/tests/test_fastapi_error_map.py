"""What fastapi-error-map promises: errors mapped where the route is declared."""

import httpx
import pytest


@pytest.mark.parametrize(("user", "status"), [(0, 401), (1, 404), (2, 500), (3, 200), ("x", 422)])
def test_each_error_has_its_status(client: httpx.Client, user: object, status: int) -> None:
    assert client.get("/v1/stock", params={"user": str(user)}).status_code == status


def test_an_error_is_told(client: httpx.Client) -> None:
    client.get("/v1/stock", params={"user": "1"})

    assert "user 1" in client.get("/told").json()


def test_errors_are_documented(client: httpx.Client) -> None:
    responses = client.get("/openapi.json").json()["paths"]["/v1/stock"]["get"]["responses"]

    assert {"200", "401", "404", "422"} <= responses.keys()
