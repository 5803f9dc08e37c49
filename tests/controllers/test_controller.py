"""Controllers: classes that are made once for each request, and whose decorated methods are operations."""

import threading
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar

import pytest
from pydantic import BaseModel

from zonda import APIRouter, Depends, Header, HTTPException, WebSocket, Zonda
from zonda.controllers import Controller, api_route, get, post, websocket
from zonda.testclient import TestClient

Kind = TypeVar("Kind")
Sent = TypeVar("Sent")


class Note(BaseModel):
    id: int = 0
    text: str


class NewNote(BaseModel):
    text: str


class Listing(BaseModel, Generic[Kind]):
    items: list[Kind]


def client_of(*controllers: type[Controller], **options: Any) -> TestClient:
    app = Zonda(**options)
    for controller in controllers:
        app.include_router(controller.router)
    return TestClient(app)


def test_dependencies_are_solved_once_a_request() -> None:
    """Each request has an instance of its own, made with what the constructor asks for, and closed after it."""
    log: list[str] = []

    async def session() -> AsyncIterator[str]:
        log.append("opened")
        yield f"session {len(log)}"
        log.append("closed")

    class Notes(Controller, prefix="/notes"):
        def __init__(self, session: Annotated[str, Depends(session)], shop: str = Header()) -> None:
            self.session, self.shop = session, shop

        @get("/{note_id}")
        async def read(self, note_id: int, again: Annotated[str, Depends(session)]) -> list[Any]:
            return [note_id, self.session, again is self.session, self.shop]

    client = client_of(Notes)

    assert client.get("/notes/1", headers={"shop": "north"}).json() == [1, "session 1", True, "north"]
    assert client.get("/notes/2", headers={"shop": "south"}).json() == [2, "session 3", True, "south"]
    assert log == ["opened", "closed"] * 2
    assert client.get("/notes/x").json()["detail"][0]["loc"] == ["header", "shop"]


def test_the_constructor_runs_on_the_loop_and_plain_methods_in_a_thread() -> None:
    """A constructor only keeps what it is given; no thread is taken for it."""
    places: list[int] = []

    class Notes(Controller):
        def __init__(self) -> None:
            places.append(threading.get_ident())

        @get("/async")
        async def on_the_loop(self) -> bool:
            return threading.get_ident() == places[-1]

        @get("/plain")
        def in_a_thread(self) -> bool:
            return threading.get_ident() == places[-1]

    client = client_of(Notes)

    assert client.get("/async").json() is True
    assert client.get("/plain").json() is False


def test_class_keywords_are_the_options_of_the_router() -> None:
    """Prefix, tags, dependencies and the others count for every method; the document shows them."""

    def refuse() -> None:
        raise HTTPException(418)

    class Notes(Controller, prefix="/notes", tags=["notes"], dependencies=[Depends(refuse)], deprecated=True):
        @get("/", summary="All of them")
        async def read(self) -> list[Note]:
            return []

    client = client_of(Notes)
    operation = client.get("/openapi.json").json()["paths"]["/notes/"]["get"]

    assert client.get("/notes/").status_code == 418
    assert (operation["tags"], operation["deprecated"], operation["summary"]) == (["notes"], True, "All of them")


def test_a_path_parameter_of_the_prefix_reaches_the_constructor() -> None:
    """A name in the path needs no mark."""

    class Notes(Controller, prefix="/shops/{shop_id}/notes"):
        def __init__(self, shop_id: int) -> None:
            self.shop_id = shop_id

        @get("/")
        async def read(self) -> int:
            return self.shop_id

    client = client_of(Notes)

    assert client.get("/shops/7/notes/").json() == 7
    assert client.get("/shops/x/notes/").status_code == 422


def test_a_dataclass_is_a_constructor_too() -> None:
    """The router is made when it is asked for, when decorators have done their work."""

    @dataclass
    class Notes(Controller):
        shop: Annotated[str, Header()]

        @get("/")
        async def read(self) -> str:
            return self.shop

    assert client_of(Notes).get("/", headers={"shop": "north"}).json() == "north"


class Crud(Controller, Generic[Kind, Sent], tags=["crud"]):
    def __init__(self, stored: Annotated[dict[int, Kind], Depends(lambda: {1: Note(id=1, text="first")})]) -> None:
        self.stored = stored

    @get("/")
    async def read_all(self) -> Listing[Kind]:
        return Listing(items=list(self.stored.values()))

    @get("/{key}")
    async def read(self, key: int) -> Kind:
        return self.stored[key]

    @post("/")
    async def write(self, item: Sent) -> str:
        return type(item).__name__

    @get("/count/of")
    async def count(self) -> int:
        return len(self.stored)


class Notes(Crud[Note, NewNote], prefix="/notes", tags=["notes"]):
    count = None  # type: ignore[assignment]  # not offered

    async def read(self, key: int) -> Note:
        return Note(id=key, text="overridden")


class Drafts(Crud[NewNote, Note], prefix="/drafts"): ...


def test_derived_classes_have_the_operations_of_their_bases() -> None:
    """What overrides a method keeps its operation, None takes it out; siblings do not see each other's."""
    client = client_of(Notes, Drafts)

    assert client.get("/notes/1").json() == {"id": 1, "text": "overridden"}
    assert client.get("/notes/").json() == {"items": [{"id": 1, "text": "first"}]}
    assert client.get("/notes/count/of").status_code == 404
    assert client.get("/drafts/count/of").json() == 1


def test_type_parameters_stand_for_what_the_derived_class_says() -> None:
    """Bodies and results are validated and documented with the types of the derived class."""
    client = client_of(Notes, Drafts)
    paths = client.get("/openapi.json").json()["paths"]

    def result(path: str) -> Any:
        return paths[path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]

    assert client.post("/notes/", json={"text": "new"}).json() == "NewNote"
    assert client.post("/drafts/", json={"text": "new"}).json() == "Note"
    assert client.get("/drafts/1").json() == {"text": "first"}
    assert result("/notes/")["$ref"].endswith("/Listing_Note_")
    assert result("/drafts/{key}")["$ref"].endswith("/NewNote")
    assert paths["/notes/"]["get"]["tags"] == ["crud", "notes"]


def test_one_method_may_answer_for_several_operations() -> None:
    """Decorators stand one above the other, as on a function."""

    class Pages(Controller):
        @get("/first")
        @api_route("/second", methods=["GET", "POST"])
        async def read(self) -> str:
            return "page"

    client = client_of(Pages)

    assert [client.get("/first").json(), client.get("/second").json(), client.post("/second").json()] == ["page"] * 3
    assert [route.path for route in Pages.router.routes] == ["/first", "/second"]  # type: ignore[attr-defined]  # each has one


def test_static_methods_and_class_methods_need_no_instance() -> None:
    """They are endpoints as they are, whichever decorator stands above the other."""

    class Pages(Controller):
        def __init__(self) -> None:
            raise AssertionError

        @staticmethod
        @get("/static")
        async def static() -> str:
            return "static"

        @get("/class")
        @classmethod
        async def of_class(cls) -> str:
            return cls.__name__

    client = client_of(Pages)

    assert client.get("/static").json() == "static"
    assert client.get("/class").json() == "Pages"


def test_websockets_are_methods_too() -> None:
    """A websocket has one instance from its opening to its end."""

    class Feed(Controller, prefix="/feed"):
        def __init__(self, shop: Annotated[str, Header()]) -> None:
            self.shop = shop

        @websocket("/live")
        async def live(self, websocket: WebSocket) -> None:
            await websocket.accept()
            await websocket.send_text(self.shop)
            await websocket.close()

    with client_of(Feed).websocket_connect("/feed/live", headers={"shop": "north"}) as live:
        assert live.receive_text() == "north"


def test_methods_stay_methods() -> None:
    """Without a server, an instance is made and called like that of any class."""
    notes = Notes({})

    assert Notes.read.__name__ == "read"
    assert notes.stored == {}


def test_controllers_go_into_routers() -> None:
    """`router` is an APIRouter: it can be included anywhere, several times."""
    outer = APIRouter(prefix="/v1")
    outer.include_router(Notes.router)
    app = Zonda()
    app.include_router(outer)
    app.include_router(Notes.router, prefix="/v2")
    client = TestClient(app)

    assert client.get("/v1/notes/1").json() == client.get("/v2/notes/1").json()
    assert Notes.router is Notes.router


def test_overrides_reach_what_the_constructor_needs() -> None:
    """Dependencies of a constructor are replaced like all others."""

    def store() -> dict[int, str]:
        raise AssertionError

    class Kept(Controller):
        def __init__(self, kept: Annotated[dict[int, str], Depends(store)]) -> None:
            self.kept = kept

        @get("/")
        async def read(self) -> dict[int, str]:
            return self.kept

    client = client_of(Kept)
    client.app.dependency_overrides[store] = lambda: {1: "fake"}  # type: ignore[attr-defined]  # it is a Zonda

    assert client.get("/").json() == {"1": "fake"}


def test_unknown_options_are_refused() -> None:
    """A misspelt option of a class fails where it is written."""
    with pytest.raises(TypeError, match=r"unexpected keyword argument 'prefx'\. Did you mean 'prefix'\?"):

        class Misspelt(Controller, prefx="/x"): ...  # type: ignore[call-arg]  # the mistake under test


def test_what_nothing_can_call_is_no_operation() -> None:
    """The decorator says so itself, instead of the object that refuses its note."""
    with pytest.raises(TypeError, match=r"'/notes' is declared on a property, which nothing can call\. Write the"):

        class Notes(Controller):
            @get("/notes")  # type: ignore[type-var]  # that is the mistake
            @property
            def notes(self) -> str: ...
