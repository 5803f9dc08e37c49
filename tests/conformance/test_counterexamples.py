"""This module keeps what the differential runner found, each as the smallest program, with FastAPI's answer."""

from collections.abc import AsyncIterator
from enum import Enum
from typing import Annotated, Any

import anyio
import pytest
from anyio import Event
from pydantic import AliasChoices, BaseModel, Field, Json

from zonda import (
    APIRouter,
    BackgroundTasks,
    Body,
    Cookie,
    Depends,
    FastAPI,
    File,
    Form,
    Header,
    Query,
    Request,
    Security,
    UploadFile,
    WebSocket,
    WebSocketDisconnect,
)
from zonda.responses import PlainTextResponse, RedirectResponse
from zonda.routing import APIRoute
from zonda.security import SecurityScopes
from zonda.sse import EventSourceResponse
from zonda.testclient import TestClient


class Colour(Enum):
    RED = "red"


class Login(BaseModel):
    user: str


async def json_body(size: Annotated[int, Body()]) -> Any:
    return size


async def json_default(size: Annotated[int, Body()] = 3) -> Any:
    return size


async def json_keys(size: Annotated[int, Body()] = 1, colour: Annotated[str, Body()] = "red") -> Any:
    return [size, colour]


async def json_key(size: Annotated[int, Body(embed=True)]) -> Any:
    return size


async def form_field(size: Annotated[int, Form()]) -> Any:
    return size


async def form_default(size: Annotated[int, Form()] = 3) -> Any:
    return size


async def form_model(login: Annotated[Login, Form()]) -> Any:
    return login


async def no_file(upload: UploadFile | None = None) -> Any:
    return upload


async def file_bytes(upload: Annotated[bytes, File()]) -> Any:
    return upload


def websocket_with(dependency: Any) -> TestClient:
    app = FastAPI()

    @app.websocket("/")
    async def talk(websocket: WebSocket, value: Annotated[Any, Depends(dependency)]) -> None:
        await websocket.accept()
        await websocket.send_json(value)

    return TestClient(app)


@pytest.mark.parametrize(
    ("dependency", "value"), [(json_default, 3), (json_keys, [1, "red"]), (form_default, 3), (no_file, None)]
)
def test_a_websocket_gives_the_defaults_of_a_body(dependency: Any, value: Any) -> None:
    """A dependency with a body has its defaults on a websocket, which has no body."""
    with websocket_with(dependency).websocket_connect("/") as session:
        assert session.receive_json() == value


@pytest.mark.parametrize(
    ("dependency", "place"),
    [
        (json_body, ["body"]),
        (json_key, ["body", "size"]),
        (form_field, ["body", "size"]),
        (form_model, ["body", "login"]),
        (file_bytes, ["body", "upload"]),
    ],
)
def test_a_websocket_is_refused_for_a_required_body(dependency: Any, place: list[str]) -> None:
    """A dependency that requires a body refuses a websocket."""
    with pytest.raises(WebSocketDisconnect) as refused, websocket_with(dependency).websocket_connect("/"):
        pass

    assert refused.value.code == 1008
    wanted: Any = [{"type": "missing", "loc": place, "msg": "Field required", "input": None}]
    assert refused.value.reason == wanted


@pytest.mark.parametrize("scope", ["function", "request"])
def test_exits_see_where_a_request_went(scope: Any) -> None:
    """A dependency that catches a validation error reads the method and the whole path, mounted ones too."""
    seen: list[str] = []

    async def listening() -> AsyncIterator[None]:
        try:
            yield
        except Exception as error:
            seen.append(str(error).rpartition("\n")[2].strip())
            raise

    app, inner = FastAPI(), FastAPI()

    for each in (app, inner):

        @each.api_route("/items", methods=["GET", "POST"])
        async def read(size: Annotated[int, Query()], wait: Annotated[None, Depends(listening, scope=scope)]) -> None:
            """Never called."""

    app.mount("/inner", inner)
    client = TestClient(app, root_path="/api")
    for path in ("/api/items", "/api/inner/items"):
        assert client.get(path).status_code == client.post(path).status_code == 422

    assert seen == ["GET /api/items", "POST /api/items", "GET /api/inner/items", "POST /api/inner/items"]


@pytest.mark.parametrize("scope", ["function", "request"])
def test_exits_see_where_a_websocket_went(scope: Any) -> None:
    """A dependency that catches the refusal of a websocket reads the whole path, too."""
    seen: list[str] = []

    async def listening() -> AsyncIterator[None]:
        try:
            yield
        except Exception as error:
            seen.append(str(error).rpartition("\n")[2].strip())
            raise

    app = FastAPI()

    @app.websocket("/items")
    async def talk(size: Annotated[int, Query()], wait: Annotated[None, Depends(listening, scope=scope)]) -> None:
        """Never called."""

    with pytest.raises(WebSocketDisconnect), TestClient(app, root_path="/api").websocket_connect("/api/items"):
        pass

    assert seen == ["WS /api/items"]


def test_a_stream_that_fails_behind_a_middleware_function_ends() -> None:
    """Behind a middleware function a failing stream is a whole response, and the error is raised after it."""
    app = FastAPI()

    @app.middleware("http")
    async def through(request: Request, call_next: Any) -> Any:
        return await call_next(request)

    @app.get("/")
    async def lines() -> AsyncIterator[int]:
        yield 1
        raise ValueError("broken")

    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False} if not sent else await Event().wait()

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": "/", "headers": [], "query_string": b"", "http_version": "1.1"}
    with pytest.raises(ValueError, match="broken"):
        anyio.run(app, scope, receive, send)

    assert [(message.get("body"), message.get("more_body")) for message in sent[1:]] == [(b"1\n", True), (b"", False)]


def test_an_included_stream_documents_its_items_under_any_class() -> None:
    """The model of a stream's items stays in the components when an inclusion sends the stream in another class."""
    app, router = FastAPI(), APIRouter()

    @router.get("/")
    async def lines() -> AsyncIterator[Login]:
        yield Login(user="joe")

    app.include_router(router, default_response_class=PlainTextResponse)

    assert list(app.openapi()["components"]["schemas"]) == ["Login"]


def test_a_class_without_content_cannot_stream() -> None:
    """A generator whose response class takes no `content` is an error of the program."""
    app = FastAPI()

    @app.get("/", response_class=RedirectResponse)
    async def lines() -> AsyncIterator[str]:
        yield "/elsewhere"

    with pytest.raises(TypeError, match="content"):
        TestClient(app).get("/")


def test_a_handler_of_the_route_class_gives_way_to_a_413() -> None:
    """A request that says that it is too large is refused in the same words under a route class of its own."""

    class OwnRoute(APIRoute):
        def get_route_handler(self) -> Any:
            return super().get_route_handler()

    app = FastAPI()
    router = APIRouter(route_class=OwnRoute, max_body_size=3)

    @router.post("/reads")
    async def reads(size: Annotated[int, Body()]) -> None:
        """Never called."""

    @router.post("/ignores")
    async def ignores() -> None:
        """Called in vain."""

    app.include_router(router)
    client = TestClient(app)

    for path in ("/reads", "/ignores"):
        answer = client.post(path, content=b"12345", headers={"content-type": "application/json"})
        assert (answer.status_code, answer.text) == (413, "Content Too Large")


def test_an_empty_cookie_is_no_list() -> None:
    """An empty text counts as absent where several values are wanted: in a cookie, in a model, as JSON."""

    class Tags(BaseModel):
        tags: list[str] = ["none"]

    app = FastAPI()

    @app.get("/json")
    async def parsed(tags: Annotated[Json[list[str]], Query()] = ["none"]) -> Any:  # noqa: B006
        return tags

    @app.get("/single")
    async def single(tags: Annotated[list[str], Cookie()]) -> None:
        """Never called."""

    @app.get("/model")
    async def model(tags: Annotated[Tags, Cookie()]) -> Any:
        return tags

    client = TestClient(app, headers={"cookie": "tags="})

    assert client.get("/single").json()["detail"][0]["type"] == "missing"
    assert client.get("/model").json() == {"tags": ["none"]}
    assert client.get("/json?tags=").json() == ["none"]


def test_what_a_204_cannot_hold_is_an_error() -> None:
    """The result of an endpoint is encoded for a status without a body, too, so that its mistakes show."""
    app = FastAPI()

    @app.get("/", response_class=PlainTextResponse, status_code=204)
    async def read():
        return {}

    with pytest.raises(AttributeError, match="encode"):
        TestClient(app).get("/")


@pytest.mark.parametrize("fails", [False, True])
def test_a_stream_begins_before_a_middleware_function_goes_on(fails: bool) -> None:
    """Behind a middleware function a generator runs to its first item, or its failure, before `call_next` returns."""
    app, log = FastAPI(), []

    async def listening() -> AsyncIterator[None]:
        try:
            yield
        finally:
            log.append("exit")

    @app.middleware("http")
    async def through(request: Request, call_next: Any) -> Any:
        response = await call_next(request)
        log.append("function")
        return response

    @app.get("/", dependencies=[Depends(listening)])
    async def lines() -> AsyncIterator[int]:
        log.append("stream")
        if fails:
            raise ValueError("broken")
        yield 1
        log.append("end")

    TestClient(app, raise_server_exceptions=False).get("/")

    assert log == ["stream", "function", "exit"] if fails else ["stream", "function", "end", "exit"]


def test_tasks_of_an_endpoint_that_failed_do_not_run() -> None:
    """Background tasks are dropped with the reply, also when a middleware function answers in its place."""
    app, log = FastAPI(), []

    @app.middleware("http")
    async def catching(request: Request, call_next: Any) -> Any:
        try:
            return await call_next(request)
        except KeyError:
            return PlainTextResponse("caught")

    @app.get("/")
    async def read(tasks: BackgroundTasks) -> None:
        tasks.add_task(log.append, "task")
        raise KeyError("broken")

    assert TestClient(app).get("/").text == "caught"
    assert log == []


def test_each_field_of_a_form_with_models_has_a_title() -> None:
    """A field of a form that has models too has a title in the document, even where it refers to an enum."""
    app = FastAPI()

    @app.post("/")
    async def read(paint: Annotated[Colour, Form()], login: Annotated[Login, Form()]) -> None:
        """Never called."""

    body = app.openapi()["components"]["schemas"]["Body_read__post"]
    assert body["properties"] == {"paint": {"$ref": "#/components/schemas/Colour", "title": "Paint"}}


def test_a_field_of_a_form_with_models_is_documented_under_its_first_alias() -> None:
    """Of several aliases the first one names the property, in a form that has models, too."""
    app = FastAPI()

    @app.post("/")
    async def read(
        size: Annotated[int, Form(validation_alias=AliasChoices("one", "two"))], login: Annotated[Login, Form()]
    ) -> None:
        """Never called."""

    assert list(app.openapi()["components"]["schemas"]["Body_read__post"]["properties"]) == ["one"]


def test_scopes_that_are_asked_for_twice_are_told_twice() -> None:
    """SecurityScopes lists the scopes of every `Security` above, also those that were there before."""
    app = FastAPI()

    async def scopes(scopes: SecurityScopes) -> Any:
        return scopes.scopes

    async def inmost(found: Annotated[Any, Depends(scopes)]) -> Any:
        return found

    async def inner(found: Annotated[Any, Security(inmost, scopes=["read", "write"])]) -> Any:
        return found

    @app.get("/")
    async def read(found: Annotated[Any, Security(inner, scopes=["read"])]) -> Any:
        return found

    assert TestClient(app).get("/").json() == ["read", "read", "write"]


def test_a_form_names_a_field_as_often_as_it_is_read() -> None:
    """A field of a form with models that several dependencies read is documented for each."""
    app = FastAPI()

    @app.post("/", dependencies=[Depends(form_field), Depends(form_field)])
    async def read(login: Annotated[Login, Form()]) -> None:
        """Never called."""

    body = app.openapi()["components"]["schemas"]["Body_read__post"]
    assert body["allOf"][1:] == [{"properties": body["properties"]}]


@pytest.mark.parametrize("sent", [7, {"size": 1}])
def test_a_dependency_that_overrides_another_takes_keys_where_it_asks_for_them(sent: Any) -> None:
    """The body of a dependency put in by `dependency_overrides` is embedded as it says, whatever the route does."""
    app = FastAPI()

    async def nothing() -> None:
        """Replaced."""

    @app.post("/", dependencies=[Depends(nothing)])
    async def read(whole: Annotated[list[int], Body()]) -> None:
        """Never called."""

    app.dependency_overrides[nothing] = json_key
    errors = TestClient(app).post("/", json=sent).json()["detail"]

    assert (["body", "size"] in [error["loc"] for error in errors]) == (sent == 7)


@pytest.mark.parametrize(("limits", "seen"), [({"max_body_size": 3}, [405, 200]), ({}, [405, 413])])
def test_the_limit_of_an_application_stands_outside_its_middleware(limits: Any, seen: list[int]) -> None:
    """A middleware function sees what was answered inside, though a 413 of the application takes its place."""
    app, log = FastAPI(**limits), []

    @app.middleware("http")
    async def through(request: Request, call_next: Any) -> Any:
        response = await call_next(request)
        log.append(response.status_code)
        return response

    @app.put("/", max_body_size=3)
    async def ignores() -> None:
        """Reads nothing."""

    client = TestClient(app)
    answers = [client.request(method, "/", content=b"12345") for method in ("POST", "PUT")]

    assert log == seen
    assert answers[1].text == "Content Too Large"
    assert answers[0].status_code == (413 if limits else 405)


def test_a_websocket_names_the_body_as_the_route_declared_it() -> None:
    """What a dependency that overrides another misses of a body is named by its key where the route has keys."""
    app = FastAPI()

    @app.websocket("/")
    async def talk(websocket: WebSocket, value: Annotated[Any, Depends(form_field)]) -> None:
        """Never called."""

    app.dependency_overrides[form_field] = json_body
    with pytest.raises(WebSocketDisconnect) as refused, TestClient(app).websocket_connect("/"):
        pass

    reason: Any = refused.value.reason
    assert [error["loc"] for error in reason] == [["body", "size"]]


class ListThenText(BaseModel):
    all_of_them: list[str] = Field(alias="name")
    one: str = Field(alias="name")


class TextThenList(BaseModel):
    one: str = Field(alias="name")
    all_of_them: list[str] = Field(alias="name")


@pytest.mark.parametrize("source", ["query", "header", "body"])
@pytest.mark.parametrize(("model", "wrong"), [(ListThenText, "list_type"), (TextThenList, "string_type")])
def test_the_last_of_two_fields_with_one_alias_says_how_it_is_read(source: str, model: Any, wrong: str) -> None:
    """Two fields of a parameter model that share a name are validated from what the last of them takes."""
    app = FastAPI()
    place: Any = {"query": Query, "header": Header, "body": Form}[source]

    async def read(given: Any) -> Any:
        return given

    read.__annotations__["given"] = Annotated[model, place()]
    app.post("/")(read)
    pairs = [("name", "1"), ("name", "2")]
    client = TestClient(app)
    sent: Any = {
        "query": {"params": pairs},
        "header": {"headers": pairs},
        "body": {"content": "name=1&name=2", "headers": {"content-type": "application/x-www-form-urlencoded"}},
    }[source]

    answer = client.post("/", **sent)

    assert [(one["type"], one["loc"]) for one in answer.json()["detail"]] == [(wrong, [source, "name"])]


def test_events_that_a_413_displaced_raise_nothing() -> None:
    """A stream of events whose head is refused, since nobody read the body that is too large, has no error to tell."""
    app = FastAPI()

    @app.post("/", response_class=EventSourceResponse, max_body_size=30)
    async def read() -> AsyncIterator[int]:
        yield 1

    answer = TestClient(app).post("/", content=b"x" * 61)

    assert (answer.status_code, answer.text) == (413, "Content Too Large")
