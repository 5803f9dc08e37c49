"""What fastapi-cache2 promises: the second answer comes from the cache and says so."""

import httpx
import pytest


@pytest.mark.parametrize("path", ["/items/a", "/plain"])
def test_the_second_answer_comes_from_the_cache(client: httpx.Client, path: str) -> None:
    first, second = client.get(path), client.get(path)

    assert [it.headers["x-fastapi-cache"] for it in (first, second)] == ["MISS", "HIT"]
    assert first.headers["cache-control"] == "max-age=60"
    assert first.json() == second.json()


def test_a_client_that_knows_the_answer_gets_304(client: httpx.Client) -> None:
    tag = client.get("/items/b").headers["etag"]

    answer = client.get("/items/b", headers={"if-none-match": tag})

    assert (answer.status_code, answer.content) == (304, b"")


def test_no_store_goes_past_the_cache(client: httpx.Client) -> None:
    made = [client.get("/items/c", headers={"cache-control": "no-store"}).json()["made"] for _ in range(2)]

    assert made[1] == made[0] + 1


def test_a_function_is_cached(client: httpx.Client) -> None:
    assert [client.get("/function").json() for _ in range(2)] == [1, 1]


def test_the_injected_parameters_are_not_in_the_document(client: httpx.Client) -> None:
    operation = client.get("/openapi.json").json()["paths"]["/items/{name}"]["get"]

    assert [parameter["name"] for parameter in operation["parameters"]] == ["name"]
