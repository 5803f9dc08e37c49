"""What fastapi-filter promises: a model's fields as a query that filters, searches and orders."""

import httpx
import pytest


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["Linus", "Ada", "Grace"]),
        ("order_by=-age", ["Grace", "Ada", "Linus"]),
        ("order_by=-age,name", ["Grace", "Ada", "Linus"]),
        ("age__gte=30&age__lt=80", ["Ada"]),
        ("name__ilike=%25A%25", ["Ada", "Grace"]),
        ("search=lin", ["Linus"]),
        ("address__city=Oslo", ["Linus", "Grace"]),
        ("address__city__in=Rome,Bonn", ["Ada"]),
    ],
)
def test_the_query_filters_and_orders(client: httpx.Client, query: str, names: list[str]) -> None:
    assert [user["name"] for user in client.get(f"/users?{query}").json()] == names


def test_a_field_that_does_not_exist_is_refused(client: httpx.Client) -> None:
    answer = client.get("/users?order_by=size")

    assert answer.status_code == 422
    assert "not a valid ordering field" in answer.text


def test_the_document_lists_the_fields(client: httpx.Client) -> None:
    operation = client.get("/openapi.json").json()["paths"]["/users"]["get"]

    assert {parameter["name"] for parameter in operation["parameters"]} == {
        "name__ilike", "age__lt", "age__gte", "address__city", "address__city__in", "order_by", "search",
    }  # fmt: skip
