"""What fastapi-versioning promises: each version under a prefix of its own, with a document of its own."""

import httpx
import pytest


@pytest.mark.parametrize(("prefix", "greeting"), [("/v1_0", "Hello"), ("/v1_1", "Hi"), ("/latest", "Hi")])
def test_each_version_has_its_endpoint(client: httpx.Client, prefix: str, greeting: str) -> None:
    assert client.get(f"{prefix}/greet").json() == greeting
    assert client.get(f"{prefix}/same/4").json() == 4


def test_each_version_has_its_document(client: httpx.Client) -> None:
    assert client.get("/v1_1/openapi.json").json()["info"] == {"title": "Shop", "version": "1.1"}
    assert client.get("/v1_1/docs").status_code == 200
