"""What starlette-csrf promises: nothing is written for a page of somebody else."""

import httpx


def test_the_cookie_has_to_come_back(client: httpx.Client) -> None:
    refused = client.post("/").status_code
    token = client.get("/").cookies["csrftoken"]

    assert refused == 403
    assert client.post("/", headers={"x-csrftoken": token}).json() == "written"
    assert client.post("/", headers={"x-csrftoken": "other"}).status_code == 403
    client.cookies.clear()
