"""What fasthx promises: one route for the page, its parts and the data."""

import httpx

HX = {"HX-Request": "true"}


def test_a_page_is_rendered(client: httpx.Client) -> None:
    answer = client.get("/")

    assert answer.headers["content-type"].startswith("text/html")
    assert answer.text == "<h1>Users</h1>"


def test_htmx_gets_html_and_others_data(client: httpx.Client) -> None:
    assert client.get("/users", headers=HX).text == "<li>Ada</li><li>&lt;Bob&gt;</li>"
    assert client.get("/users", params={"only": "Ada"}).json() == [{"name": "Ada"}]
    assert client.get("/users", params={"only": "nobody"}, headers=HX).status_code == 404


def test_a_partial_has_no_data(client: httpx.Client) -> None:
    assert client.get("/partial").status_code == 400
    assert client.get("/partial", headers=HX).text == "<li>Eve</li>"
