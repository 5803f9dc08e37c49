"""What fastapi-etag promises: 304 without a call of the endpoint."""

import httpx


def test_a_client_that_has_it_gets_304(client: httpx.Client) -> None:
    first = client.get("/hello/bob")
    again = client.get("/hello/bob", headers={"if-none-match": first.headers["etag"]})

    assert (first.status_code, first.headers["etag"], first.headers["cache-control"]) == (200, 'W/"tagbob"', "public")
    assert (again.status_code, again.headers["etag"], again.text) == (304, 'W/"tagbob"', "")
    assert client.get("/calls").json() == ["bob"]
