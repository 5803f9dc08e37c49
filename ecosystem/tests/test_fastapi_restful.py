"""What fastapi-restful promises: dependencies that a class states once, and tasks that repeat."""

import httpx


def test_methods_of_a_class_share_its_dependencies(client: httpx.Client) -> None:
    headers = {"x-owner": "ada"}

    assert client.get("/shop/items/3", headers=headers).json() == {"number": 3, "owner": "ada"}
    added = client.post("/shop/items", json={"number": 4, "owner": "bob"}, headers=headers)
    assert added.json() == {"by": "ada", "of": "bob"}


def test_what_a_method_needs_is_validated(client: httpx.Client) -> None:
    missing = client.get("/shop/items/x").json()["detail"]

    assert [error["loc"] for error in missing] == [["header", "x-owner"], ["path", "number"]]


def test_a_repeated_task_runs(client: httpx.Client) -> None:
    assert client.get("/ticked").json() is True


def test_the_document_names_the_models(client: httpx.Client) -> None:
    operation = client.get("/openapi.json").json()["paths"]["/shop/items/{number}"]["get"]

    assert [parameter["name"] for parameter in operation["parameters"]] == ["number", "x-owner"]
    assert operation["responses"]["200"]["content"]["application/json"]["schema"]["$ref"].endswith("/Item")
