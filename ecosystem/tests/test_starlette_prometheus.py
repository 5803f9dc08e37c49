"""What starlette-prometheus promises: one series for each route, errors too."""

import httpx


def test_requests_are_counted_by_route(client: httpx.Client) -> None:
    for path in ("/items/1", "/items/2", "/items/0"):
        client.get(path)

    text = client.get("/metrics").text
    route = 'method="GET",path_template="/items/{number}"'

    assert f"starlette_requests_total{{{route}}} 3.0" in text
    assert f'starlette_exceptions_total{{exception_type="ZeroDivisionError",{route}}} 1.0' in text
