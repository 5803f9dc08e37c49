"""What nicegui promises: pages as functions, beside the application's routes."""

import httpx


def test_a_page_is_shown(client: httpx.Client) -> None:
    answer = client.get("/gui/show/Ada?times=2")

    assert answer.status_code == 200
    assert answer.text.count("Hello Ada") >= 2


def test_parameters_of_a_page_are_validated(client: httpx.Client) -> None:
    assert client.get("/gui/show/Ada?times=x").status_code == 422


def test_routes_answer(client: httpx.Client) -> None:
    assert client.get("/api/5").json() == 5
    assert client.get("/gui/of_the_gui/6").json() == 6


def test_static_files_are_served(client: httpx.Client) -> None:
    page = client.get("/gui/show/Ada").text
    path = next(part for part in page.split('"') if part.startswith("/gui/_nicegui/") and part.endswith(".css"))

    assert client.get(path).status_code == 200
