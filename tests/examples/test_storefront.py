"""The storefront keeps its promises, asked as a client asks."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from storefront.main import create_app
from storefront.services.stock_feed import StockChange, StockFeed
from storefront.settings import Settings
from zonda.testclient import TestClient

ADA = "ada@example.com"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture
def client(data: Path) -> Iterator[TestClient]:
    with TestClient(create_app(Settings(data=data, products=60))) as client:
        yield client


def log_in(client: TestClient, email: str = "ada@example.com", password: str = "lovelace") -> dict[str, str]:
    token = client.post("/api/v1/login", data={"username": email, "password": password}).json()["access_token"]
    return {"Authorization": f"Bearer {token}"}


def in_stock(client: TestClient) -> dict[str, object]:
    product: dict[str, object] = client.get("/api/v1/products", params={"in_stock": True}).json()[0]
    return product


def order(product_id: object, quantity: int) -> dict[str, object]:
    return {"lines": [{"product_id": product_id, "quantity": quantity}]}


def test_the_same_seed_gives_the_same_products(client: TestClient, tmp_path: Path) -> None:
    """Two shops filled from one seed hold equal products."""
    with TestClient(create_app(Settings(data=tmp_path / "other", products=60))) as other:
        assert other.get("/api/v1/products").json() == client.get("/api/v1/products").json()


def test_a_search_filters_and_counts(client: TestClient) -> None:
    """Version 1 answers a list of what was searched for and the total in a header."""
    response = client.get("/api/v1/products", params={"category": "audio", "limit": 3})

    assert response.headers["X-Total-Count"] == str(len(client.get("/api/v1/products?category=audio&limit=100").json()))
    assert {product["category"] for product in response.json()} == {"audio"}
    assert len(response.json()) == 3


def test_pages_of_version_2_follow_each_other(client: TestClient) -> None:
    """Following `next` reaches each product once, in order."""
    ids: list[int] = []
    after: int | None = 0
    while after is not None:
        page = client.get("/api/v2/products", params={"after": after, "limit": 25}).json()
        ids += [item["id"] for item in page["items"]]
        after = page["next"]

    assert ids == list(range(1, 61))
    assert page["total"] == 60
    assert page["items"][0]["price"]["currency"] == "EUR"


def test_the_export_streams_the_whole_catalogue(client: TestClient) -> None:
    """The CSV has a line for its columns and one for each product."""
    with client.stream("GET", "/api/v2/products/export") as response:
        lines = list(response.iter_lines())

    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    assert lines[0] == "sku,name,category,price,stock"
    assert len(lines) == 61


def test_an_order_takes_the_stock_and_is_confirmed(client: TestClient, data: Path) -> None:
    """A placed order lowers the stock, is listed, and leaves its confirmation in the outbox."""
    product, token = in_stock(client), log_in(client)

    placed = client.post("/api/v1/orders", json=order(product["id"], 1), headers=token)

    assert placed.status_code == 201
    assert client.get(f"/api/v1/products/{product['id']}").json()["stock"] == int(str(product["stock"])) - 1
    assert client.get("/api/v2/orders", headers=token).json() == [placed.json()]
    assert "ada@example.com" in (data / "outbox" / f"order-{placed.json()['id']}.txt").read_text()


def test_an_order_is_all_or_nothing(client: TestClient) -> None:
    """A line that cannot be served takes back the lines before it."""
    product, token = in_stock(client), log_in(client)
    lines = [{"product_id": product["id"], "quantity": 1}, {"product_id": 9999, "quantity": 1}]

    refused = client.post("/api/v1/orders", json={"lines": lines}, headers=token)

    assert refused.status_code == 404
    assert refused.json()["error"]["details"] == {"product_id": 9999}
    assert client.get(f"/api/v1/products/{product['id']}").json()["stock"] == product["stock"]
    assert client.get("/api/v1/orders", headers=token).json() == []


def test_the_stock_never_falls_below_zero(client: TestClient) -> None:
    """Of many who buy the last pieces at once, exactly as many succeed as there are pieces."""
    product, token = in_stock(client), log_in(client)
    stock = int(str(product["stock"]))

    def buy(_: int) -> int:
        return client.post("/api/v1/orders", json=order(product["id"], 1), headers=token).status_code

    with ThreadPoolExecutor(8) as buyers:
        answers = list(buyers.map(buy, range(stock + 5)))

    assert sorted(answers) == [201] * stock + [409] * 5
    assert client.get(f"/api/v1/products/{product['id']}").json()["stock"] == 0


@pytest.mark.parametrize(
    ("request_", "status", "code"),
    [
        (("GET", "/api/v1/orders", {}), 401, "unauthorized"),
        (("GET", "/api/v1/orders", {"headers": {"Authorization": "Bearer nonsense"}}), 401, "not_authenticated"),
        (("POST", "/api/v1/login", {"data": {"username": ADA, "password": "no"}}), 401, "not_authenticated"),
        (("POST", "/api/v1/accounts", {"json": {"email": ADA, "password": "12345678"}}), 409, "email_taken"),
        (("GET", "/api/v1/products/4000", {}), 404, "not_found"),
        (("GET", "/nowhere", {}), 404, "not_found"),
        (("DELETE", "/api/v1/products/1", {}), 405, "method_not_allowed"),
        (("GET", "/api/v1/products?limit=0", {}), 422, "invalid_request"),
        (("GET", "/api/v1/products/1/image", {}), 404, "not_found"),
    ],
)
def test_every_error_has_the_shape_of_the_shop(
    client: TestClient, request_: tuple[str, str, dict[str, object]], status: int, code: str
) -> None:
    """Errors of services, of the router and of validation look alike."""
    method, path, options = request_

    response = client.request(method, path, **options)  # type: ignore[arg-type]

    assert response.status_code == status
    assert response.json()["error"]["code"] == code


def test_only_the_staff_uploads_pictures(client: TestClient) -> None:
    """A picture is taken from the staff, given back as it was, and refused when it is none."""
    customer, staff = log_in(client), log_in(client, "grace@example.com", "hopper")
    path = "/api/v1/products/1/image"

    assert client.put(path, files={"image": PNG}, headers=customer).json()["error"]["code"] == "not_allowed"
    assert client.put(path, files={"image": b"GIF89a"}, headers=staff).status_code == 415
    assert client.put(path, files={"image": PNG}, headers=staff).status_code == 204
    image = client.get(path)

    assert (image.content, image.headers["content-type"]) == (PNG, "image/png")
    assert client.get("/api/v2/products/1").json()["image"] == "/api/v2/products/1/image"


def test_people_register_and_log_in(client: TestClient) -> None:
    """A new account can log in at once and is told who it is, without its password."""
    made = client.post("/api/v1/accounts", json={"email": "alan@example.com", "password": "enigma-42"})

    who = client.get("/api/v1/me", headers=log_in(client, "alan@example.com", "enigma-42"))

    assert who.json() == made.json() == {"id": 3, "email": "alan@example.com", "is_staff": False}


def test_a_room_hears_what_is_said_in_it(client: TestClient) -> None:
    """Both people in a room hear a line; someone in another room does not."""
    with (
        client.websocket_connect("/api/v1/chat/lobby?name=ada") as ada,
        client.websocket_connect("/api/v1/chat/lobby?name=grace") as grace,
        client.websocket_connect("/api/v1/chat/attic?name=alan") as alan,
    ):
        ada.send_text("hello")
        heard = [ada.receive_json(), grace.receive_json()]
        alan.send_text("alone")

        assert heard == [{"author": "ada", "text": "hello"}] * 2
        assert alan.receive_json() == {"author": "alan", "text": "alone"}


def test_the_documentation_lists_both_versions(client: TestClient) -> None:
    """OpenAPI has the paths of both versions and none of the pages."""
    paths = client.get("/openapi.json").json()["paths"]

    assert {"/api/v1/products", "/api/v2/products", "/api/v1/stock/events"} <= set(paths)
    assert "/stock" not in paths


def test_services_know_no_web_framework() -> None:
    """No module of the services, repositories or models imports a web framework."""
    shop = Path(create_app.__code__.co_filename).parent
    inner = [*shop.glob("services/*.py"), *shop.glob("repositories/*.py"), shop / "models.py"]

    guilty = [file.name for file in inner for word in ("zonda", "fastapi", "starlette") if word in file.read_text()]

    assert inner
    assert guilty == []


@pytest.mark.anyio
async def test_a_reader_who_comes_back_gets_what_it_missed() -> None:
    """The feed begins after the last number that the reader has seen, and ends when it is closed."""
    feed = StockFeed()
    feed.publish([StockChange(1, "pen", 3), StockChange(2, "pan", 5)])

    reader = feed.since(1)
    missed = await anext(reader)
    waiting = asyncio.ensure_future(anext(reader))
    await asyncio.sleep(0)
    feed.publish([StockChange(1, "pen", 2)])

    assert missed == (2, StockChange(2, "pan", 5))
    assert await waiting == (3, StockChange(1, "pen", 2))
    feed.close()
    assert [item async for item in reader] == []
