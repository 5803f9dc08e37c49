"""What starlette-admin promises: pages that list and create the models' rows."""

import re

import httpx


def test_the_index_is_shown(client: httpx.Client) -> None:
    answer = client.get("/admin/")

    assert answer.status_code == 200
    assert "Blog Admin" in answer.text


def test_routes_are_named(client: httpx.Client) -> None:
    assert client.get("/").json() == {"admin": "/admin/post/list"}


def test_a_row_is_created_and_listed(client: httpx.Client) -> None:
    form = client.get("/admin/post/create")
    (token,) = re.findall(r'name="csrftoken" value="([^"]+)"', form.text)
    answer = client.post("/admin/post/create", data={"title": "First", "csrftoken": token})

    assert form.status_code == 200
    assert answer.status_code in {302, 303}
    assert "First" in client.get("/admin/post/list").text


def test_static_files_are_served(client: httpx.Client) -> None:
    page = client.get("/admin/").text
    addresses = re.findall(r'href="([^"]+[.]css[^"]*)"', page)

    assert addresses
    assert {client.get(address).status_code for address in addresses} == {200}
