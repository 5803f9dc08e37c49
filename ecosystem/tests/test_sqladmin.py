"""What sqladmin promises: a login, lists, forms and deletion of the models' rows."""

import httpx


def logged_in(client: httpx.Client) -> httpx.Client:
    answer = client.post("/admin/login", data={"username": "root", "password": "secret"})
    assert answer.status_code == 302
    return client


def test_without_login_the_login_page_is_shown(client: httpx.Client) -> None:
    answer = client.get("/admin/user/list", follow_redirects=True)

    assert answer.url.path == "/admin/login"


def test_rows_are_listed_and_searched(client: httpx.Client) -> None:
    answer = logged_in(client).get("/admin/user/list")
    found = client.get("/admin/user/list", params={"search": "Grace"})

    assert answer.status_code == 200
    assert "Ada" in answer.text
    assert "Grace" in answer.text
    assert "Ada" not in found.text


def test_a_row_is_created_and_shown(client: httpx.Client) -> None:
    answer = logged_in(client).post("/admin/user/create", data={"name": "Linus", "save": "Save"})

    assert answer.status_code == 302
    assert "Linus" in client.get("/admin/user/details/3").text


def test_static_files_are_served(client: httpx.Client) -> None:
    assert client.get("/admin/statics/css/main.css").status_code == 200


def test_the_application_itself_answers(client: httpx.Client) -> None:
    assert client.get("/").json() == {"hello": "world"}
