"""The document and its pages say what the application does."""

from typing import Annotated, Any

import pytest
from pydantic import BaseModel, Field

from zonda import APIRouter, Query, WebSocket, Zonda
from zonda.openapi.docs import get_swagger_ui_html
from zonda.openapi.utils import get_openapi
from zonda.testclient import TestClient


class Item(BaseModel):
    """A thing on sale."""

    model_config = {"json_schema_extra": {"examples": [{"name": "pen", "price": 1}]}}

    name: str = Field(description="What it is called", examples=["pen"])
    price: float


def shop(**options: Any) -> Zonda:
    app = Zonda(**options)

    @app.post("/items", tags=["items"], responses={409: {"description": "Taken"}}, response_description="The new one")
    def create(item: Item, old: Annotated[int, Query(deprecated=True)] = 0) -> Item:
        """Create an item.

        With all its **fields**.
        """
        return item

    @app.get("/old", deprecated=True, summary="Old", description="Do not use", operation_id="read_old")
    def old() -> None: ...

    return app


def test_pages_and_document_are_there_by_default() -> None:
    """/docs, /redoc and /openapi.json need no code, and the document is 3.1.0."""
    client = TestClient(shop())

    assert client.get("/openapi.json").json()["openapi"] == "3.1.0"
    assert "swagger-ui" in client.get("/docs").text
    assert "redoc" in client.get("/redoc").text


def test_what_is_known_about_the_api() -> None:
    """Title, version, contact, licence and terms are in info; tags have their descriptions."""
    about: dict[str, Any] = {
        "title": "Shop", "description": "A *shop*", "version": "2.1", "terms_of_service": "https://example.com/terms",
        "contact": {"name": "Ada", "email": "ada@example.com"}, "license_info": {"name": "MIT"},
    }  # fmt: skip
    document = shop(**about, openapi_tags=[{"name": "items", "description": "All about items"}]).openapi()

    assert document["info"] == {
        "title": "Shop", "description": "A *shop*", "version": "2.1", "termsOfService": "https://example.com/terms",
        "contact": {"name": "Ada", "email": "ada@example.com"}, "license": {"name": "MIT"},
    }  # fmt: skip
    assert document["tags"] == [{"name": "items", "description": "All about items"}]


def test_an_operation_is_described() -> None:
    """Docstring, summary, ids, documented responses and deprecations are in the operation."""
    paths = shop().openapi()["paths"]
    create, old = paths["/items"]["post"], paths["/old"]["get"]

    assert create["summary"] == "Create"
    assert create["description"] == "Create an item.\n\nWith all its **fields**."
    assert create["operationId"] == "create_items_post"
    assert create["responses"]["200"]["description"] == "The new one"
    assert create["responses"]["409"] == {"description": "Taken"}
    assert create["parameters"][0]["deprecated"] is True
    assert (old["deprecated"], old["summary"], old["description"], old["operationId"]) == (
        True, "Old", "Do not use", "read_old"
    )  # fmt: skip


def test_models_are_described() -> None:
    """Fields have their examples and descriptions, models their extra examples."""
    schema = shop().openapi()["components"]["schemas"]["Item"]

    assert schema["properties"]["name"] == {
        "type": "string", "title": "Name", "description": "What it is called", "examples": ["pen"]
    }  # fmt: skip
    assert schema["examples"] == [{"name": "pen", "price": 1}]
    assert schema["description"] == "A thing on sale."


def test_a_document_of_the_users_own() -> None:
    """app.openapi may be replaced by a function that calls get_openapi, and add security to every operation."""
    app = shop()

    def custom() -> dict[str, Any]:
        if not app.openapi_schema:
            schema = get_openapi(title="Custom", version="1", routes=app.routes)
            for item in schema["paths"].values():
                for operation in item.values():
                    operation.setdefault("security", [{"Key": []}])
            app.openapi_schema = schema
        return app.openapi_schema

    app.openapi = custom  # type: ignore[method-assign]
    document = TestClient(app).get("/openapi.json").json()

    assert document["info"]["title"] == "Custom"
    assert document["paths"]["/old"]["get"]["security"] == [{"Key": []}]


def test_pages_can_move_and_go() -> None:
    """URLs move the pages, None takes them away, and without a document there is no page."""
    moved = TestClient(shop(docs_url="/d", redoc_url="/r", openapi_url="/o.json"))
    without_pages = TestClient(shop(docs_url=None, redoc_url=None))
    without_any = TestClient(shop(openapi_url=None))

    assert [moved.get(p).status_code for p in ("/d", "/r", "/o.json", "/docs", "/redoc")] == [200, 200, 200, 404, 404]
    assert [without_pages.get(p).status_code for p in ("/docs", "/redoc", "/openapi.json")] == [404, 404, 200]
    assert [without_any.get(p).status_code for p in ("/docs", "/redoc", "/openapi.json")] == [404, 404, 404]


def test_parameters_of_the_page() -> None:
    """swagger_ui_parameters reach the page."""
    page = TestClient(shop(swagger_ui_parameters={"deepLinking": False, "syntaxHighlight": False})).get("/docs").text

    assert '"deepLinking": false' in page
    assert '"syntaxHighlight": false' in page


def test_self_hosted_assets() -> None:
    """get_swagger_ui_html takes addresses of the user's own."""
    page = get_swagger_ui_html(
        openapi_url="/o.json", title="T", swagger_js_url="/static/ui.js", swagger_css_url="/static/ui.css"
    )

    assert [word in bytes(page.body) for word in (b"/static/ui.js", b"/static/ui.css", b"/o.json", b"T")] == [True] * 4


def test_what_is_not_listed() -> None:
    """Hidden routes and websockets are absent; a generic model has a name of its own."""
    from typing import Generic, TypeVar

    content = TypeVar("content")

    class Page(BaseModel, Generic[content]):
        items: list[content]

    app, router = shop(), APIRouter(include_in_schema=False)
    router.get("/hidden")(lambda: None)

    @app.websocket("/ws")
    async def endpoint(websocket: WebSocket) -> None: ...

    @app.get("/pages")
    def pages() -> Page[Item]:
        return Page(items=[])

    app.include_router(router)
    document = app.openapi()

    assert set(document["paths"]) == {"/items", "/old", "/pages"}
    assert document["components"]["schemas"]["Page_Item_"]["title"] == "Page[Item]"


def test_the_document_is_made_once() -> None:
    """The second call gives the same object."""
    app = shop()

    assert app.openapi() is app.openapi()


@pytest.mark.parametrize("kind", ["int", "list[int]", "dict[str, int]"])
def test_types_drive_the_document(kind: str) -> None:
    """A return type is a schema, without a word more."""
    app = Zonda()

    def endpoint() -> Any: ...

    endpoint.__annotations__["return"] = eval(kind)
    app.get("/")(endpoint)
    schema = app.openapi()["paths"]["/"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]

    assert schema["type"] == {"int": "integer", "list[int]": "array", "dict[str, int]": "object"}[kind]
