"""What prometheus-fastapi-instrumentator promises: metrics of each route under its template."""

import httpx
import pytest


def counted(client: httpx.Client, handler: str, status: int, method: str = "GET") -> float:
    wanted = f'http_requests_total{{handler="{handler}",method="{method}",status="{status}"}} '
    lines = client.get("/metrics").text.splitlines()
    return next((float(line.removeprefix(wanted)) for line in lines if line.startswith(wanted)), 0.0)


@pytest.mark.parametrize(
    ("path", "handler", "status"),
    [
        ("/items/1", "/items/{item_id}", 200),
        ("/items/x", "/items/{item_id}", 422),
        ("/shop/orders/5", "/shop/orders/{order_id}", 200),
        ("/nothing", "none", 404),
    ],
)
def test_requests_are_counted_under_their_template(client: httpx.Client, path: str, handler: str, status: int) -> None:
    before = counted(client, handler, status)

    assert client.get(path).status_code == status

    assert counted(client, handler, status) == before + 1


def test_durations_are_counted_under_their_template(client: httpx.Client) -> None:
    client.get("/shop/orders/6")

    assert 'http_request_duration_seconds_count{handler="/shop/orders/{order_id}",method="GET"}' in (
        client.get("/metrics").text
    )


def test_requests_to_a_mounted_application_are_counted(client: httpx.Client) -> None:
    client.get("/mounted/parts/7")

    assert 'handler="/mounted' in client.get("/metrics").text
