"""What fastapi-request-context promises: ids and values of one request, in it and nowhere else."""

import httpx


def test_the_ids_are_told_and_answered(client: httpx.Client) -> None:
    answer = client.get("/", headers={"x-correlation-id": "c-1"})
    plain = client.get("/plain", headers={"x-correlation-id": "c-2"})

    assert answer.json() == {"id": answer.headers["x-request-id"], "user": "ada"}
    assert plain.json() == {"id": "c-2", "user": None}
    assert plain.headers["x-correlation-id"] == "c-2"
