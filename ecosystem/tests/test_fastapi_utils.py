"""What fastapi-utils promises: views as classes, tasks that repeat, timings by route, short operation ids."""

import httpx

ITEM = {"itemId": "6a7e6d4c-7ec5-4d5c-a07e-2f2bbd1b0f5e", "itemName": "cup"}
USER = {"x-user": "ada"}


def test_the_methods_of_a_class_are_endpoints(client: httpx.Client) -> None:
    created = client.post("/item", json=ITEM, headers=USER)
    read = client.get(f"/item/{ITEM['itemId']}", headers=USER)
    deleted = client.delete(f"/item/{ITEM['itemId']}", headers=USER)

    assert (created.json(), read.json()) == (ITEM, ITEM)
    assert deleted.json() == {"detail": "Deleted by ada"}


def test_the_dependencies_of_a_class_are_required(client: httpx.Client) -> None:
    answer = client.post("/item", json=ITEM)

    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"] == ["header", "x-user"]


def test_the_arguments_of_init_are_dependencies(client: httpx.Client) -> None:
    assert client.get("/plain/greeting", headers=USER).json() == "Hello ada"
    assert client.get("/plain/greeting?loud=1", headers=USER).json() == "HELLO ADA"


def test_a_resource_has_its_methods(client: httpx.Client) -> None:
    assert client.get("/counted/3").json() == {"got": 3}
    assert client.delete("/counted/3").json() == {"deleted": 3}
    assert client.put("/counted/3").status_code == 405


def test_a_task_repeats(client: httpx.Client) -> None:
    assert client.get("/ticks").json() == [0, 1, 2]


def test_requests_are_timed_under_their_endpoint(client: httpx.Client) -> None:
    client.get("/timed/5")

    assert any("TIMING" in line and "timed (halfway)" in line for line in client.get("/timings").json())


def test_operation_ids_are_the_endpoints_names(client: httpx.Client) -> None:
    document = client.get("/openapi.json").json()

    assert document["paths"]["/timed/{item_id}"]["get"]["operationId"] == "timed"


def test_answers_are_described_by_annotations(client: httpx.Client) -> None:
    operation = client.get("/openapi.json").json()["paths"]["/item"]["post"]

    assert operation["responses"]["200"]["content"]["application/json"]["schema"] == {
        "$ref": "#/components/schemas/Item"
    }
