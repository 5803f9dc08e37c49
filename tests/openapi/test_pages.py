"""The documentation that an application serves about itself."""

import re
from typing import Any

import pytest

from zonda import Zonda
from zonda.responses import PlainTextResponse
from zonda.testclient import TestClient

PAGES = ("/docs", "/redoc", "/scalar")


def addresses(html: str) -> list[str]:
    """What the page loads."""
    return re.findall(r'(?:src|href)="([^"]*)"', html)


@pytest.mark.parametrize("page", PAGES)
def test_everything_a_page_loads_comes_from_the_application(page: str) -> None:
    """The pages work with no network: their assets are served under their own path."""
    client = TestClient(Zonda())

    html = client.get(page).text

    assert addresses(html)
    for address in addresses(html):
        assert address.startswith(f"{page}/assets/")
        assert client.get(address).status_code == 200
    assert "https://" not in html


@pytest.mark.parametrize(("page", "name"), [("/docs", "swagger-ui-dist@5"), ("/redoc", "redoc@2")])
def test_addresses_name_the_package_as_a_cdn_would(page: str, name: str) -> None:
    """Tests and proxies that look for the packages by name find them."""
    assert name in TestClient(Zonda()).get(page).text


@pytest.mark.parametrize("page", PAGES)
def test_pages_are_html_and_answer_head(page: str) -> None:
    """GET and HEAD are answered, other methods are told so."""
    client = TestClient(Zonda(title="Shop & Co"))

    got = client.get(page)

    assert got.headers["content-type"] == "text/html; charset=utf-8"
    assert "<title>Shop &amp; Co - " in got.text
    assert client.head(page).status_code == 200
    refused = client.post(page)
    assert refused.status_code == 405
    assert refused.json() == {"detail": "Method Not Allowed"}
    assert set(refused.headers["allow"].split(", ")) == {"GET", "HEAD"}


def test_assets_may_be_kept_for_ever() -> None:
    """A browser asks for an asset once; asked again with its tag, the answer is empty."""
    client = TestClient(Zonda())
    address = addresses(client.get("/docs").text)[0]

    first = client.get(address)
    again = client.get(address, headers={"if-none-match": first.headers["etag"]})

    assert first.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert first.headers["content-type"] == "text/css; charset=utf-8"
    assert again.status_code == 304
    assert again.content == b""
    assert again.headers["etag"] == first.headers["etag"]


def test_assets_are_compressed_for_whom_it_helps() -> None:
    """The same content arrives either way, with a tag for each form."""
    client = TestClient(Zonda())
    address = addresses(client.get("/redoc").text)[-1]

    compressed = client.get(address, headers={"accept-encoding": "gzip"})
    plain = client.get(address, headers={"accept-encoding": "identity"})

    assert compressed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert compressed.content == plain.content
    assert compressed.headers["etag"] != plain.headers["etag"]
    assert int(compressed.headers["content-length"]) < int(plain.headers["content-length"]) / 2


def test_pages_are_neither_routes_nor_documented() -> None:
    """`app.routes` has what the user declared, and so has the document."""
    app = Zonda()

    assert [route for route in app.routes if getattr(route, "path", None) in PAGES] == []
    assert TestClient(app).get("/openapi.json").json()["paths"] == {}


@pytest.mark.parametrize(
    ("options", "absent", "present"),
    [
        ({"docs_url": None}, ["/docs", "/docs/oauth2-redirect"], ["/redoc", "/scalar", "/openapi.json"]),
        ({"redoc_url": None}, ["/redoc"], ["/docs", "/scalar", "/openapi.json"]),
        ({"scalar_url": None}, ["/scalar"], ["/docs", "/redoc", "/openapi.json"]),
        ({"openapi_url": None}, [*PAGES, "/docs/oauth2-redirect", "/openapi.json"], []),
        ({"swagger_ui_oauth2_redirect_url": None}, ["/docs/oauth2-redirect"], ["/docs"]),
        ({"docs_url": "/", "openapi_url": "/api.json"}, ["/docs", "/openapi.json"], ["/", "/api.json"]),
        ({"docs_url": "/help/{language}"}, ["/docs"], ["/help/en"]),
    ],
)
def test_pages_go_where_they_are_put(options: dict[str, Any], absent: list[str], present: list[str]) -> None:
    """Each address can be changed, and None takes the page and its assets away."""
    client = TestClient(Zonda(**options))

    assert {address: client.get(address).status_code for address in absent} == dict.fromkeys(absent, 404)
    assert {address: client.get(address).status_code for address in present} == dict.fromkeys(present, 200)


@pytest.mark.parametrize("url", ["/", "/help/{language}", "/help/"])
def test_assets_follow_their_page(url: str) -> None:
    """Wherever a page is put, what it loads is found."""
    client = TestClient(Zonda(docs_url=url))

    for address in addresses(client.get(url.format(language="en")).text):
        assert client.get(address).status_code == 200


def test_any_route_of_the_user_wins() -> None:
    """Pages come last: after a route with the same path and after one that catches everything."""
    app = Zonda()

    @app.get("/docs", response_class=PlainTextResponse)
    def docs() -> str:
        return "my own"

    own = TestClient(app).get("/docs")

    @app.get("/{path:path}", response_class=PlainTextResponse)
    def everything(path: str) -> str:
        return path

    caught = TestClient(app).get("/redoc")

    assert own.text == "my own"
    assert caught.text == "redoc"


def test_the_document_is_found_below_a_route_that_catches_everything() -> None:
    """As in FastAPI: tools that read the document need not know the routes."""
    app = Zonda()

    @app.get("/{path:path}")
    def everything(path: str) -> str:
        return path

    assert TestClient(app).get("/openapi.json").json()["paths"].keys() == {"/{path}"}


def test_a_route_with_another_method_leaves_the_page() -> None:
    """Only a route that would answer the request wins."""
    app = Zonda()

    @app.post("/docs")
    def docs() -> None: ...

    client = TestClient(app)

    assert client.get("/docs").status_code == 200
    assert client.post("/docs").status_code == 200


def test_a_slash_too_many_is_redirected() -> None:
    """As for any route."""
    answer = TestClient(Zonda()).get("/docs/", follow_redirects=False)

    assert answer.status_code == 307
    assert answer.headers["location"] == "http://testserver/docs"


@pytest.mark.parametrize("root_path", ["/api", "/api/"])
def test_pages_know_the_root_path(root_path: str) -> None:
    """Behind a proxy that adds a prefix, the page asks for everything below it."""
    client = TestClient(Zonda(), root_path=root_path)

    html = client.get("/docs").text

    assert "url: '/api/openapi.json'" in html
    assert "window.location.origin + '/api/docs/oauth2-redirect'" in html
    assert all(address.startswith("/api/docs/assets/") for address in addresses(html))
    assert client.get("/openapi.json").json()["servers"] == [{"url": "/api"}]


def test_a_mounted_application_has_pages_of_its_own() -> None:
    """Each application documents itself, at the place where it is mounted."""
    app, sub = Zonda(), Zonda(title="Below")
    app.mount("/sub", sub)
    client = TestClient(app)

    html = client.get("/sub/docs").text

    assert "Below - Swagger UI" in html
    assert "url: '/sub/openapi.json'" in html
    for address in addresses(html):
        assert address.startswith("/sub/docs/assets/")
        assert client.get(address).status_code == 200
    assert client.get("/sub/openapi.json").json()["servers"] == [{"url": "/sub"}]


def test_servers_stay_as_declared_when_asked() -> None:
    """`root_path_in_servers=False` leaves the document alone."""
    client = TestClient(Zonda(root_path_in_servers=False), root_path="/api")

    assert "servers" not in client.get("/openapi.json").json()


def test_titles_and_options_are_read_when_the_page_is_asked_for() -> None:
    """An application may set them after it was made."""
    app = Zonda(swagger_ui_parameters={"deepLinking": False}, swagger_ui_init_oauth={"clientId": "me"})
    app.title = "Later"

    html = TestClient(app).get("/docs").text

    assert "Later - Swagger UI" in html
    assert '"deepLinking": false,' in html
    assert 'ui.initOAuth({"clientId": "me"})' in html


def test_the_document_that_the_user_makes_is_served() -> None:
    """`app.openapi = ...` and an overridden method count, at each request."""
    assigned = Zonda()
    assigned.openapi = lambda: {"made": "by hand"}  # type: ignore[method-assign]

    class Own(Zonda):
        def openapi(self) -> dict[str, Any]:
            return {"made": "by a subclass"}

    assert TestClient(assigned).get("/openapi.json").json() == {"made": "by hand"}
    assert TestClient(Own()).get("/openapi.json").json() == {"made": "by a subclass"}


def test_late_routes_and_edits_are_served() -> None:
    """A route added after the first answer is in the next, and so is an edit of the dict."""
    app = Zonda()
    client = TestClient(app)
    assert client.get("/openapi.json").json()["paths"] == {}

    @app.get("/late")
    def late() -> None: ...

    assert list(client.get("/openapi.json").json()["paths"]) == ["/late"]
    app.openapi()["info"]["x-logo"] = "logo.png"
    assert client.get("/openapi.json").json()["info"]["x-logo"] == "logo.png"
