"""What fastapi-pagination promises: pages with their counts, chosen by the query."""

import httpx
import pytest


@pytest.mark.parametrize("path", ["/users", "/included/users"])
def test_a_page_is_given(client: httpx.Client, path: str) -> None:
    page = client.get(path, params={"page": 2, "size": 50}).json()

    assert [user["name"] for user in page["items"]] == [f"user {number}" for number in range(50, 100)]
    assert {key: page[key] for key in ("total", "page", "size", "pages")} == {
        "total": 120, "page": 2, "size": 50, "pages": 3,
    }  # fmt: skip


def test_a_limit_and_an_offset_are_given(client: httpx.Client) -> None:
    page = client.get("/plain", params={"limit": 2, "offset": 118}).json()

    assert page == {"items": [{"name": "user 118"}, {"name": "user 119"}], "total": 120, "limit": 2, "offset": 118}


def test_a_page_links_to_the_others(client: httpx.Client) -> None:
    assert client.get("/linked").json()["links"]["next"] == "/linked?page=2"


def test_the_query_is_validated(client: httpx.Client) -> None:
    answer = client.get("/users", params={"size": 1000})

    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"] == ["query", "size"]


@pytest.mark.parametrize("path", ["/users", "/included/users"])
def test_the_document_lists_the_parameters(client: httpx.Client, path: str) -> None:
    operation = client.get("/openapi.json").json()["paths"][path]["get"]

    assert [parameter["name"] for parameter in operation["parameters"]] == ["page", "size"]


def test_a_route_declared_later_is_paginated(client: httpx.Client) -> None:
    assert client.get("/late").json()["pages"] == 3
