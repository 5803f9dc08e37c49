"""What starlette-exporter promises: metrics under the route's template."""

import httpx


def test_requests_are_counted_under_their_template(client: httpx.Client) -> None:
    for path in ("/items/1", "/items/x", "/orders/2"):
        client.get(path)

    counts = [line for line in client.get("/metrics").text.splitlines() if line.startswith("starlette_requests_total{")]
    assert sorted((line.partition('path="')[2].partition('"')[0], line[-3:]) for line in counts) == [
        ("/items/{item_id}", "1.0"), ("/items/{item_id}", "1.0"), ("/orders/{order_id}", "1.0"),
    ]  # fmt: skip
