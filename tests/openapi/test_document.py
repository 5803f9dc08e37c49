"""The document is made once and kept, and made anew when the routes change."""

import json
from typing import Annotated, Any

import pytest

from zonda import Body, Zonda
from zonda.openapi.document import Document, encode_document


class Source:
    """An application whose document can be counted."""

    def __init__(self) -> None:
        self.version = 0
        self.generated = 0

    def generate(self) -> dict[str, Any]:
        self.generated += 1
        return {"info": {"title": "Ä"}, "number": self.generated}


@pytest.fixture
def source() -> Source:
    return Source()


@pytest.fixture
def document(source: Source) -> Document:
    return Document(source.generate, lambda: source.version)


def test_bytes_are_made_once(document: Document, source: Source) -> None:
    """The second request gets the very bytes of the first."""
    assert document.content() is document.content()
    assert source.generated == 1


def test_a_change_of_the_routes_makes_it_anew(document: Document, source: Source) -> None:
    """A route that was added late is in the next answer."""
    document.content("/api")
    source.version += 1

    assert json.loads(document.content("/api"))["number"] == 2


def test_the_dict_stays_the_same_object_until_the_routes_change(document: Document, source: Source) -> None:
    """Code that edits `app.openapi()` in place edits what the next call returns."""
    first = document.read()
    assert document.read() is first

    source.version += 1
    assert document.read() is not first


def test_edits_of_a_dict_that_was_handed_out_are_served(document: Document) -> None:
    """Whoever holds the dict may change it at any time, after it was served too."""
    assert json.loads(document.content())["number"] == 1
    schema = document.read()
    document.content()

    schema["info"]["x-logo"] = "logo.png"

    assert json.loads(document.content())["info"]["x-logo"] == "logo.png"


def test_a_document_of_the_users_is_served(document: Document, source: Source) -> None:
    """What is assigned after the first document counts, until the routes change."""
    document.read()
    document.schema = {"mine": True}
    assert document.content() == b'{"mine":true}'

    source.version += 1
    assert json.loads(document.content())["number"] == 2


def test_the_root_path_is_the_first_server(document: Document, source: Source) -> None:
    """Behind a prefix the document names it, and is still made only once."""
    plain = json.loads(document.content())
    prefixed = json.loads(document.content("/api"))

    assert "servers" not in plain
    assert prefixed == {**plain, "servers": [{"url": "/api"}]}
    assert source.generated == 1


def test_a_root_path_that_is_a_server_already_is_not_added() -> None:
    """The servers that the application declares stay as they are."""
    schema = {"servers": [{"url": "https://a.example"}, {"url": "/api"}]}

    assert json.loads(encode_document(schema, "/api")) == schema
    assert json.loads(encode_document(schema, "/v2"))["servers"][0] == {"url": "/v2"}


def test_it_is_written_as_fastapi_writes_json(document: Document) -> None:
    """UTF-8 without escapes and without blanks."""
    assert document.content().decode() == '{"info":{"title":"Ä"},"number":1}'


def test_no_prefix_is_remembered_without_end(document: Document) -> None:
    """A client that can choose its prefix cannot fill the memory."""
    for number in range(100):
        document.content(f"/{number}")

    assert len(document._contents) <= 16


def test_bodies_of_one_name_are_told_apart_as_fastapi_does() -> None:
    """Clients are generated from the names of schemas: those of two operations with one id are FastAPI's too."""
    app = Zonda(generate_unique_id_function=lambda route: "same")

    @app.post("/a")
    def first(x: Annotated[int, Body()], y: Annotated[int, Body()]) -> None: ...

    @app.post("/b")
    def second(x: Annotated[str, Body()], z: Annotated[int, Body()]) -> None: ...

    with pytest.warns(UserWarning, match="Duplicate Operation ID"):
        schemas = app.openapi()["components"]["schemas"]
    bodies = {name for name in schemas if "Body" in name}
    assert bodies == {"fastapi___compat__v2__Body_same__1", "fastapi___compat__v2__Body_same__2"}
