"""Parameters come from where their declaration says, checked as it says."""

import enum
from typing import Annotated

import pytest

from zonda import (
    BackgroundTasks,
    Body,
    Cookie,
    File,
    Form,
    Header,
    HTTPException,
    Path,
    Query,
    Request,
    Response,
    UploadFile,
    WebSocket,
    Zonda,
)
from zonda.testclient import TestClient


class Model(enum.StrEnum):
    ALEXNET = "alexnet"
    RESNET = "resnet"


def serve(endpoint: object, path: str = "/", method: str = "GET") -> TestClient:
    app = Zonda()
    app.api_route(path, methods=[method])(endpoint)  # type: ignore[type-var]
    return TestClient(app)


def errors(response: object) -> list[tuple[str, list[object], str]]:
    assert response.status_code == 422, response.text  # type: ignore[attr-defined]
    return [(e["type"], e["loc"], e["msg"]) for e in response.json()["detail"]]  # type: ignore[attr-defined]


def test_a_path_parameter_is_converted() -> None:
    """A path parameter has its type, and what is not of that type is a 422 with its place."""

    def endpoint(user_id: int) -> int:
        return user_id + 1

    client = serve(endpoint, "/users/{user_id}")

    assert client.get("/users/42").json() == 43
    assert errors(client.get("/users/abc")) == [
        (
            "int_parsing",
            ["path", "user_id"],
            "Input should be a valid integer, unable to parse string as an integer",
        )
    ]


def test_a_default_makes_a_query_parameter_optional() -> None:
    """Defaults are used, unknown keys ignored, and a missing required one is reported with input null."""

    def endpoint(q: str, skip: int = 0, limit: int = 10) -> list[object]:
        return [q, skip, limit]

    client = serve(endpoint)

    assert client.get("/?q=a&other=1").json() == ["a", 0, 10]
    assert client.get("/?q=a&skip=3").json() == ["a", 3, 10]
    assert client.get("/").json()["detail"] == [
        {"type": "missing", "loc": ["query", "q"], "msg": "Field required", "input": None}
    ]


def test_an_enum_parameter_names_what_it_allows() -> None:
    """An enum arrives as its member; other values are refused with the list of allowed ones."""

    def endpoint(model: Model) -> bool:
        return model is Model.RESNET

    client = serve(endpoint, "/models/{model}")

    assert client.get("/models/resnet").json() is True
    assert errors(client.get("/models/lenet")) == [("enum", ["path", "model"], "Input should be 'alexnet' or 'resnet'")]


def test_constraints_are_checked_and_documented() -> None:
    """Bounds of a path parameter are a 422 and stand in the schema with title and description."""

    def endpoint(item: Annotated[int, Path(title="The item", description="Its number", ge=1, le=10)]) -> int:
        return item

    client = serve(endpoint, "/{item}")
    (parameter,) = client.get("/openapi.json").json()["paths"]["/{item}"]["get"]["parameters"]

    assert [client.get(f"/{n}").status_code for n in (0, 1, 10, 11)] == [422, 200, 200, 422]
    assert parameter["description"] == "Its number"
    assert parameter["schema"] == {
        "type": "integer",
        "maximum": 10,
        "minimum": 1,
        "title": "The item",
        "description": "Its number",
    }


@pytest.mark.parametrize(
    ("query", "kind"),
    [("q=ab", "string_too_short"), ("q=abcdef", "string_too_long"), ("q=ABCD", "string_pattern_mismatch")],
)
def test_text_constraints(query: str, kind: str) -> None:
    """min_length, max_length and pattern have errors of their own, and the default-value style works as Annotated."""

    def annotated(q: Annotated[str, Query(min_length=3, max_length=5, pattern="^[a-z]+$")]) -> str:
        return q

    def default_value(q: str = Query(min_length=3, max_length=5, pattern="^[a-z]+$")) -> str:
        return q

    for endpoint in (annotated, default_value):
        client = serve(endpoint)
        assert client.get("/?q=abcd").json() == "abcd"
        assert [kind for kind, _, _ in errors(client.get("/?" + query))] == [kind]


def test_an_alias_replaces_the_name_and_deprecation_is_only_a_mark() -> None:
    """The alias is what the request uses; a deprecated parameter still works."""

    def endpoint(
        q: Annotated[str, Query(alias="item-query")] = "none", old: Annotated[int, Query(deprecated=True)] = 20
    ) -> list[object]:
        return [q, old]

    client = serve(endpoint)
    parameters = client.get("/openapi.json").json()["paths"]["/"]["get"]["parameters"]

    assert client.get("/?item-query=a&q=b&old=3").json() == ["a", 3]
    assert [(p["name"], p.get("deprecated")) for p in parameters] == [("item-query", None), ("old", True)]


def test_headers_and_cookies() -> None:
    """Underscores become hyphens unless told otherwise, case does not matter, and repeated headers make a list."""

    def endpoint(
        user_agent: Annotated[str, Header()],
        x_token: Annotated[list[str], Header()],
        odd_name: Annotated[str, Header(convert_underscores=False)] = "absent",
        session: Annotated[str, Cookie()] = "none",
    ) -> list[object]:
        return [user_agent, x_token, odd_name, session]

    client = serve(endpoint)
    headers = [("USER-AGENT", "me"), ("x-token", "a"), ("X-Token", "b"), ("odd-name", "no")]

    assert client.get("/", headers=headers).json() == ["me", ["a", "b"], "absent", "none"]
    client.cookies.set("session", "s1")
    assert client.get("/", headers=headers).json()[3] == "s1"


def test_a_required_header_is_reported_by_its_name() -> None:
    """A missing header, or one under its alias, has the place that the client knows."""

    def endpoint(x_api_key: Annotated[str, Header()], token: Annotated[str, Header(alias="x-token")]) -> str:
        return x_api_key + token

    client = serve(endpoint)

    assert [loc for _, loc, _ in errors(client.get("/"))] == [["header", "x-api-key"], ["header", "x-token"]]
    assert client.get("/", headers={"X-Api-Key": "a", "X-Token": "b"}).json() == "ab"


def test_forms() -> None:
    """A form is read urlencoded and multipart; JSON in its place is a 422."""

    def endpoint(name: Annotated[str, Form()], age: Annotated[int, Form()] = 0) -> list[object]:
        return [name, age]

    client = serve(endpoint, method="POST")

    assert client.post("/", data={"name": "ada", "age": "36"}).json() == ["ada", 36]
    assert client.post("/", data={"name": "ada"}, files={"unused": b""}).json() == ["ada", 0]
    assert errors(client.post("/", json={"name": "ada"})) == [("missing", ["body", "name"], "Field required")]


def test_uploads() -> None:
    """An upload tells its name, type and size, can be rewound, and a second file of the name joins the list."""

    async def endpoint(file: UploadFile, more: list[UploadFile], note: Annotated[str, Form()] = "") -> list[object]:
        first = await file.read(3)
        await file.seek(0)
        return [file.filename, file.content_type, file.size, (first + await file.read()).decode(), len(more), note]

    client = serve(endpoint, method="POST")
    files = [("file", ("a.txt", b"hello", "text/plain")), ("more", ("b", b"1")), ("more", ("c", b"2"))]

    assert client.post("/", files=files, data={"note": "n"}).json() == [
        "a.txt", "text/plain", 5, "helhello", 2, "n"
    ]  # fmt: skip


def test_an_optional_upload_and_checks_of_the_users_own() -> None:
    """A form works without its optional file, and what the endpoint refuses is answered as it says."""

    async def endpoint(title: Annotated[str, Form()], picture: UploadFile | None = None) -> str:
        if picture and picture.content_type not in ("image/png", "image/jpeg"):
            raise HTTPException(400, "Only JPEG/PNG allowed")
        return title

    client = serve(endpoint, method="POST")

    assert client.post("/", data={"title": "t"}).json() == "t"
    assert client.post("/", data={"title": "t"}, files={"picture": ("a.gif", b"GIF", "image/gif")}).json() == {
        "detail": "Only JPEG/PNG allowed"
    }


def test_a_file_as_bytes_is_required() -> None:
    """bytes with File() gives the whole content, and its absence is a 422."""

    def endpoint(file: Annotated[bytes, File()]) -> int:
        return len(file)

    client = serve(endpoint, method="POST")

    assert client.post("/", files={"file": b"12345"}).json() == 5
    assert errors(client.post("/")) == [("missing", ["body", "file"], "Field required")]


def test_what_is_injected_by_type() -> None:
    """Request, Response and BackgroundTasks come by annotation alone and are not in the schema."""
    done: list[str] = []

    def endpoint(request: Request, response: Response, tasks: BackgroundTasks) -> str:
        response.headers["x-own"] = "yes"
        tasks.add_task(done.append, "task")
        return request.url.path

    client = serve(endpoint, "/here")
    response = client.get("/here")

    assert (response.json(), response.headers["x-own"], done) == ("/here", "yes", ["task"])
    assert "parameters" not in client.get("/openapi.json").json()["paths"]["/here"]["get"]


def test_a_websocket_is_injected_by_type() -> None:
    """A parameter annotated WebSocket receives it, whatever its name."""
    app = Zonda()

    @app.websocket("/ws")
    async def endpoint(line: WebSocket) -> None:
        await line.accept()
        await line.send_text("hi")

    with TestClient(app).websocket_connect("/ws") as session:
        assert session.receive_text() == "hi"


@pytest.mark.parametrize(
    ("text", "value"),
    [(t, True) for t in ("true", "1", "yes", "on", "True")] + [(f, False) for f in ("false", "0", "no", "off")],
)
def test_booleans_in_the_query(text: str, value: bool) -> None:
    """A boolean query parameter takes the words people write."""

    def endpoint(flag: bool) -> bool:
        return flag

    assert serve(endpoint).get("/", params={"flag": text}).json() is value


def test_repeated_keys() -> None:
    """A repeated key makes a list; a parameter that is no list takes the last."""

    def endpoint(many: Annotated[list[int], Query()], one: int) -> list[object]:
        return [many, one]

    assert serve(endpoint).get("/?many=1&many=2&one=3&one=4").json() == [[1, 2], 4]


def test_the_source_is_inferred() -> None:
    """A name of the path is the path, a scalar the query, a model the JSON body, Body() the body."""
    from pydantic import BaseModel

    class Item(BaseModel):
        name: str

    def endpoint(item_id: int, item: Item, flag: bool, weight: Annotated[float, Body()]) -> list[object]:
        return [item_id, item.name, flag, weight]

    client = serve(endpoint, "/items/{item_id}", "PUT")

    assert client.put("/items/7?flag=1", json={"item": {"name": "pen"}, "weight": 1.5}).json() == [7, "pen", True, 1.5]


def test_the_parser_of_forms_comes_with_the_package() -> None:
    """A form route can be declared: the parser is a dependency of the package, not an extra."""
    from importlib.metadata import requires

    assert any(line.startswith("python-multipart") and "extra ==" not in line for line in requires("zonda") or [])


def test_the_old_default_style_takes_a_default() -> None:
    """`limit: int = Query(20, le=100)` has the default 20 and its bound."""

    def endpoint(limit: int = Query(20, le=100)) -> int:
        return limit

    client = serve(endpoint)

    assert client.get("/").json() == 20
    assert client.get("/?limit=101").status_code == 422
