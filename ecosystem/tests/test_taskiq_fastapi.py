"""What taskiq-fastapi promises: tasks that use the application's dependencies and lifespan."""

import httpx


def test_a_task_has_the_applications_state(client: httpx.Client) -> None:
    assert client.post("/add/cups", params={"value": 2}).json() == 2
    assert client.post("/add/cups", params={"value": 3}).json() == 5


def test_an_endpoint_shares_the_dependency(client: httpx.Client) -> None:
    assert client.get("/store").json()["begun"] == 1


def test_a_worker_starts_the_applications_lifespan(client: httpx.Client) -> None:
    assert client.get("/state").json() == "state"
