"""Route options of batteries: whose count, in which order, what their steps are given and may do."""

import contextlib
import threading
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import pytest
from starlette.background import BackgroundTask

from zonda import APIRouter, Depends, Header, HTTPException, Response, Security, WebSocket, Zonda
from zonda.analysis.dependencies import get_dependant
from zonda.exceptions import FastAPIError
from zonda.extensions import (
    Call,
    DeclaredRoute,
    Drain,
    Exchange,
    Head,
    Reply,
    Step,
    StepPlace,
    Without,
    with_body,
    with_fields,
)
from zonda.inspection import inspect_routes
from zonda.responses import FileResponse, PlainTextResponse
from zonda.routing import APIRoute
from zonda.runtime.steps import StepSwallowed, WrongAnswer
from zonda.security import APIKeyHeader
from zonda.testclient import TestClient


@dataclass(frozen=True)
class Option:
    """Adds a step with this function; says which."""

    name: str
    call: Callable[..., Any]
    place: StepPlace = StepPlace.AFTER_DEPENDENCIES
    more: dict[str, Any] = field(default_factory=dict)

    def analyse(self, route: DeclaredRoute, /) -> Step:
        return Step(self.name, self.place, self.call, **self.more)


class Deaf:
    """An observer that does nothing."""

    def observe(self, finished: Any, /) -> None: ...


def noting(log: list[str], text: str) -> Callable[..., Any]:
    async def note() -> None:
        log.append(text)

    return note


class StepByStep(APIRoute):
    """A route that is not compiled."""

    def get_route_handler(self) -> Any:
        return super().get_route_handler()


def client_of(option: Any, endpoint: Callable[..., Any] | None = None, **options: Any) -> TestClient:
    async def answer() -> dict[str, str]:
        return {"from": "endpoint"}

    app = Zonda()
    app.get("/", extensions=[option], **options)(endpoint or answer)
    return TestClient(app, raise_server_exceptions=False)


# Whose options count


def test_the_nearest_option_of_a_name_counts_and_others_stand_from_outside_inward() -> None:
    """Application, inclusion, router, operation: steps in this order, each name once, at its nearest place."""
    log: list[str] = []

    def option(name: str, text: str) -> Option:
        return Option(name, noting(log, text))

    router = APIRouter(extensions=[option("c", "router"), option("audit", "router's audit")])
    router.get("/own", extensions=[option("d", "operation"), option("audit", "operation's audit")])(lambda: None)
    router.get("/plain")(lambda: None)
    router.get("/without", extensions=[Without("audit")])(lambda: None)
    app = Zonda(extensions=[option("a", "application"), option("audit", "application's audit")])
    app.include_router(router, extensions=[option("b", "inclusion")])
    client = TestClient(app)

    seen = {}
    for path in ("/own", "/plain", "/without"):
        client.get(path)
        seen[path], log[:] = list(log), []

    outer = ["application", "inclusion", "router"]
    assert seen == {
        "/own": [*outer, "operation", "operation's audit"],
        "/plain": [*outer, "router's audit"],
        "/without": outer,
    }


def test_limits_and_cache_are_keywords_of_their_own() -> None:
    """Each is inherited by itself; limits stand around what is kept, and that around all others."""
    log: list[str] = []
    app = Zonda(limits=Option("l", noting(log, "limits")), extensions=[Option("x", noting(log, "other"))])
    app.get("/", cache=Option("c", noting(log, "cache")))(lambda: None)

    TestClient(app).get("/")

    assert log == ["limits", "cache", "other"]


def test_the_nearest_of_a_name_counts_whichever_keyword_it_is_given_under() -> None:
    """`limits=` of an operation is nearer than what its router or its application says in `extensions=`."""
    log: list[str] = []

    def option(text: str) -> Option:
        return Option("quota", noting(log, text))

    unlimited = APIRouter(prefix="/unlimited", extensions=[Without("quota")])
    unlimited.get("/")(lambda: None)
    unlimited.get("/own", limits=option("operation"))(lambda: None)
    app = Zonda(limits=option("application"))
    app.include_router(unlimited)
    app.get("/")(lambda: None)
    other = Zonda(extensions=[option("application")])
    other.get("/own", limits=option("operation"))(lambda: None)

    seen = []
    for client, path in ((app, "/"), (app, "/unlimited/"), (app, "/unlimited/own"), (other, "/own")):
        TestClient(client).get(path)
        seen.append(list(log))
        log.clear()

    assert seen == [["application"], [], ["operation"], ["operation"]]


def test_an_option_is_shown_the_operation_as_requests_reach_it() -> None:
    """Whole path, methods, endpoint, tags: with what the routers around it add."""
    seen: list[tuple[Any, ...]] = []

    class Looking:
        name = "looking"

        def analyse(self, route: DeclaredRoute, /) -> None:
            seen.append((route.path_format, route.methods, route.endpoint, route.tags, route.unique_id))

    def read_item(item_id: int) -> None: ...

    router = APIRouter(prefix="/items", tags=["items"])
    router.get("/{item_id:int}", extensions=[Looking()])(read_item)
    app = Zonda()
    app.include_router(router, prefix="/v1")
    TestClient(app).get("/v1/items/3")

    declared, reached = seen[0], seen[-1]
    assert declared[0] == "/items/{item_id}"
    assert reached == (
        "/v1/items/{item_id}",
        {"GET"},
        read_item,
        ["items"],
        "read_item_v1_items__item_id__get",
    )


def test_what_is_no_option_is_refused_where_it_is_given() -> None:
    """On a router as on an operation, before any route is there."""
    with pytest.raises(TypeError, match="is no route option: it has no `name`, or no method `analyse"):
        APIRouter(extensions=[object()])  # type: ignore[list-item]
    with pytest.raises(TypeError, match="is no route option"):
        Zonda(limits=3)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"is no route option.*Pass an instance"):
        Zonda(extensions=[Without])  # type: ignore[list-item]


@pytest.mark.parametrize(
    ("option", "given"), [("extensions", Without("audit")), ("drains", Drain()), ("observers", Deaf())]
)
def test_brackets_that_are_missing_are_named(option: str, given: Any) -> None:
    """Options that take several say so when they are given one alone."""
    with pytest.raises(TypeError, match=rf"{option}= takes a list, and was given \w+ alone. Write {option}=\["):
        Zonda(**{option: given})


def test_what_analyse_raises_names_the_option_and_the_route() -> None:
    """The traceback ends in the battery; which of its uses it was is added."""

    class Broken:
        name = "broken"

        def analyse(self, route: DeclaredRoute, /) -> Step:
            raise KeyError("plan")

    with pytest.raises(KeyError) as caught:
        Zonda().get("/items/{item_id:int}", extensions=[Broken()])(lambda: None)

    assert caught.value.__notes__ == [
        "Raised by `analyse` of the route option 'broken' for GET /items/{item_id}.",
    ]


def test_two_options_of_one_name_at_one_place_are_refused() -> None:
    """Only one of them would count."""
    with pytest.raises(ValueError, match="2 options at one place have the name 'audit', and only one"):
        APIRouter(extensions=[Without("audit"), Without("audit")])
    with pytest.raises(ValueError, match="the name 'audit'"):
        Zonda(limits=Without("audit"), extensions=[Without("audit")])


def test_websockets_and_routes_of_starlette_have_no_steps() -> None:
    """Options of a router are for its operations; the others answer as ever."""
    log: list[str] = []
    app = Zonda(extensions=[Option("audit", noting(log, "step"))])

    @app.websocket("/ws")
    async def echo(websocket: WebSocket) -> None:
        await websocket.accept()
        await websocket.send_text("hello")
        await websocket.close()

    app.add_route("/plain", lambda request: Response("plain"))
    client = TestClient(app)

    with client.websocket_connect("/ws") as websocket:
        assert websocket.receive_text() == "hello"
    assert client.get("/plain").text == "plain"
    assert log == []


# What steps are given


def test_a_step_shares_the_dependencies_of_its_route() -> None:
    """A limit may depend on the user that the endpoint takes: found once."""
    log: list[str] = []

    async def get_user(x_user: Annotated[str, Header()]) -> str:
        log.append(x_user)
        return x_user

    async def limit(user: Annotated[str, Depends(get_user)]) -> None:
        if user == "greedy":
            raise HTTPException(429, f"{user} has had enough")

    async def read_me(user: Annotated[str, Depends(get_user)]) -> str:
        return user

    client = client_of(Option("limits", limit), read_me)

    assert client.get("/", headers={"x-user": "anna"}).json() == "anna"
    greedy = client.get("/", headers={"x-user": "greedy"})
    assert (greedy.status_code, greedy.json()) == (429, {"detail": "greedy has had enough"})
    assert log == ["anna", "greedy"]


def test_types_that_only_checkers_import_are_known_by_their_names() -> None:
    """`from __future__ import annotations` with an import under TYPE_CHECKING, as linters ask for."""

    def stamp(reply: "somewhere.Reply") -> Any:  # type: ignore[name-defined]  # noqa: F821
        return with_fields(reply, (b"x-stamp", b"1"))

    client = client_of(Option("stamp", stamp, StepPlace.ON_REPLY))

    assert client.get("/").headers["x-stamp"] == "1"


def test_dependencies_of_steps_are_overridden_like_all_others() -> None:
    """Tests replace what a battery depends on."""

    async def get_user() -> str:
        raise HTTPException(401)

    async def limit(user: Annotated[str, Depends(get_user)]) -> Response:
        return Response(user)

    client = client_of(Option("limits", limit))
    client.app.dependency_overrides[get_user] = lambda: "fake"  # type: ignore[attr-defined]

    assert client.get("/").text == "fake"


def test_wrong_parameters_of_steps_and_endpoint_are_one_422() -> None:
    """In the order in which they are read; no step that needs a wrong one is called."""
    log: list[str] = []

    async def early(first: int) -> None:
        log.append("early")

    async def late(second: int) -> None:
        log.append("late")

    async def endpoint(third: int) -> None:
        log.append("endpoint")

    app = Zonda(
        extensions=[Option("late", late), Option("early", early, StepPlace.BEFORE_DEPENDENCIES)],
    )
    app.get("/")(endpoint)
    client = TestClient(app)

    assert [error["loc"] for error in client.get("/").json()["detail"]] == [
        ["query", "first"],
        ["query", "second"],
        ["query", "third"],
    ]
    assert client.get("/?first=1&third=x&second=2").status_code == 422
    assert log == ["early"]


@pytest.mark.parametrize("route_class", [APIRoute, StepByStep])
def test_what_is_wrong_with_a_shared_dependency_is_told_once(route_class: type[APIRoute]) -> None:
    """A limit by user does not make two errors of the one that a client made, and its user is never half there."""

    async def get_user(x_user: Annotated[str, Header()]) -> str:
        return x_user

    async def get_account(user: Annotated[str, Depends(get_user)], number: int) -> str:
        return f"{user}'s {number}"

    async def limit(
        account: Annotated[str, Depends(get_account)], user: Annotated[str, Depends(get_user)], weight: int
    ) -> None: ...

    app = Zonda()
    app.router.route_class = route_class

    @app.get("/", limits=Option("limits", limit), extensions=[Option("audit", limit)])
    async def read_me(user: Annotated[str, Depends(get_user)]) -> str:
        return user

    client = TestClient(app)

    assert [error["loc"] for error in client.get("/").json()["detail"]] == [
        ["header", "x-user"],
        ["query", "number"],
        ["query", "weight"],
        ["query", "weight"],
    ]
    assert client.get("/?number=1&weight=1", headers={"x-user": "anna"}).json() == "anna"


def test_an_early_step_runs_before_the_body_is_read() -> None:
    """What it refuses is never parsed."""

    async def refuse(exchange: Exchange) -> Response:
        return Response(f"{exchange.method} refused", 403)

    app = Zonda(limits=Option("limits", refuse, StepPlace.BEFORE_DEPENDENCIES))

    @app.post("/")
    async def create(item: dict[str, Any]) -> None: ...

    answer = TestClient(app).post("/", content=b"{", headers={"content-type": "application/json"})

    assert (answer.status_code, answer.text) == (403, "POST refused")


def test_plain_functions_run_in_threads_unless_they_are_inline() -> None:
    """A `def` that blocks holds nobody up; one that is marked runs where the endpoint does."""
    seen: dict[str, int] = {}

    def in_thread() -> None:
        seen["in thread"] = threading.get_ident()

    def inline() -> None:
        seen["inline"] = threading.get_ident()

    app = Zonda(extensions=[Option("a", in_thread), Option("b", inline, more={"inline": True})])

    @app.get("/")
    async def endpoint() -> None:
        seen["endpoint"] = threading.get_ident()

    TestClient(app).get("/")

    assert seen["inline"] == seen["endpoint"] != seen["in thread"]


# What they may do


def test_a_step_after_dependencies_answers_instead_of_the_endpoint() -> None:
    """With a Reply or a Response; None goes on."""
    kept = Reply(Head(203, ((b"content-type", b"text/plain"),)), b"kept")

    async def maybe(kind: str = "") -> Any:
        return {"reply": kept, "response": Response("made", 202)}.get(kind)

    client = client_of(Option("cache", maybe))

    answers = [client.get("/", params={"kind": kind}) for kind in ("", "reply", "response")]
    assert [(answer.status_code, answer.text) for answer in answers] == [
        (200, '{"from":"endpoint"}'),
        (203, "kept"),
        (202, "made"),
    ]


def test_a_function_around_the_endpoint_may_leave_it_out_or_call_it_again() -> None:
    """It decides what the reply is."""
    calls: list[str] = []

    async def flaky() -> str:
        calls.append("endpoint")
        if len(calls) == 1:
            raise ConnectionError
        return "second time"

    async def retry(call: Call, skip: bool = False) -> Reply | Response:
        if skip:
            return Response("skipped")
        try:
            return await call()
        except ConnectionError:
            return await call()

    client = client_of(Option("retry", retry, StepPlace.AROUND_ENDPOINT), flaky)

    assert client.get("/?skip=1").text == "skipped"
    assert client.get("/").json() == "second time"
    assert calls == ["endpoint", "endpoint"]


def test_a_generator_around_the_endpoint_sees_what_it_raised() -> None:
    """Its `yield` stands for the endpoint and the validation of its result."""
    seen: list[str] = []

    async def transaction() -> AsyncIterator[None]:
        try:
            yield
        except HTTPException as error:
            seen.append(f"rolled back: {error.detail}")
            raise
        seen.append("committed")

    async def endpoint(fails: bool = False) -> None:
        if fails:
            raise HTTPException(409, "taken")

    client = client_of(Option("transaction", transaction, StepPlace.AROUND_ENDPOINT), endpoint)

    assert client.get("/").status_code == 200
    assert client.get("/?fails=1").status_code == 409
    assert seen == ["committed", "rolled back: taken"]


def test_steps_on_the_reply_see_every_reply_of_the_route_but_errors() -> None:
    """That of the endpoint and those of steps inside, the outermost last."""

    async def maybe(kept: bool = False) -> Response | None:
        return Response("kept") if kept else None

    async def outer(reply: Reply) -> Reply:
        return with_fields(reply, (b"x-order", b"outer"))

    async def inner(reply: Reply) -> Reply:
        return with_fields(reply, (b"x-order", b"inner"))

    app = Zonda(
        extensions=[
            Option("outer", outer, StepPlace.ON_REPLY),
            Option("inner", inner, StepPlace.ON_REPLY),
            Option("cache", maybe),
        ]
    )

    @app.get("/")
    async def endpoint(fails: bool = False) -> None:
        if fails:
            raise HTTPException(409)

    client = TestClient(app)

    fields = [client.get(path).headers.get("x-order") for path in ("/", "/?kept=1", "/?fails=1")]
    assert fields == ["inner, outer", "inner, outer", None]


@pytest.mark.parametrize("route_class", [APIRoute, StepByStep])
def test_steps_on_the_reply_have_a_head_of_what_only_an_application_sends(
    route_class: type[APIRoute], tmp_path: Path
) -> None:
    """Fields that are added to a file reach the client; one that is replaced is not sent; tasks run once."""
    ran: list[str] = []
    (tmp_path / "news.txt").write_text("news")

    def seen(reply: Reply) -> Reply:
        names = {name for name, _ in reply.head.headers}
        return with_fields(reply, (b"x-typed", b"yes" if b"content-type" in names else b"no"))

    def replace(reply: Reply, instead: bool = False) -> Reply:
        return Reply(Head(203), b"other") if instead else reply

    app = Zonda()
    app.router.route_class = route_class
    inline = {"inline": True}
    steps = [
        Option("seen", seen, StepPlace.ON_REPLY, inline),
        Option("replace", replace, StepPlace.ON_REPLY, inline),
    ]

    @app.get("/{name}", extensions=steps)
    async def read(name: str) -> Response:
        return FileResponse(tmp_path / name, background=BackgroundTask(ran.append, name))

    client = TestClient(app, raise_server_exceptions=False)
    file = client.get("/news.txt")

    assert (file.status_code, file.text, file.headers["x-typed"]) == (200, "news", "yes")
    assert file.headers["content-length"] == "4"
    assert ran == ["news.txt"]
    other = client.get("/news.txt?instead=true")
    assert (other.status_code, other.text, other.headers["x-typed"]) == (203, "other", "no")
    assert client.get("/nothing.txt").status_code == 500


@pytest.mark.parametrize("endpoint", [lambda: PlainTextResponse("plain"), lambda: "plain"])
def test_another_content_has_its_own_length(endpoint: Callable[..., Any]) -> None:
    """A Response says the length of what it was made with, and a route's own head none; neither is in the way."""

    def replace(reply: Reply) -> Reply:
        return with_body(reply, b'"longer"')

    response = client_of(Option("replace", replace, StepPlace.ON_REPLY, {"inline": True}), endpoint).get("/")

    assert response.headers["content-length"] == "8"
    assert response.text == '"longer"'


def test_what_a_step_around_swallows_is_a_500() -> None:
    """A generator that lets an error end there leaves no reply; the error says what to do."""

    async def swallow() -> AsyncIterator[None]:
        with contextlib.suppress(ValueError):
            yield

    async def endpoint() -> None:
        raise ValueError

    app = Zonda()
    app.get("/", extensions=[Option("quiet", swallow, StepPlace.AROUND_ENDPOINT)])(endpoint)

    with pytest.raises(StepSwallowed, match=r"'quiet' caught at its `yield`.*finish with `raise`"):
        TestClient(app).get("/")
    assert issubclass(StepSwallowed, FastAPIError)


@pytest.mark.parametrize("place", [StepPlace.AFTER_DEPENDENCIES, StepPlace.ON_REPLY, StepPlace.AROUND_ENDPOINT])
def test_what_is_no_reply_is_a_500(place: StepPlace) -> None:
    """With the step and what it returned in the error."""

    async def late() -> str:
        return "text"

    async def on_reply(reply: Reply) -> str:
        return "text"

    async def around(call: Call) -> str:
        return "text"

    calls = {
        StepPlace.AFTER_DEPENDENCIES: late,
        StepPlace.ON_REPLY: on_reply,
        StepPlace.AROUND_ENDPOINT: around,
    }
    app = Zonda()
    app.get("/", extensions=[Option("odd", calls[place], place)])(lambda: None)

    with pytest.raises(WrongAnswer, match="The step 'odd' returned 'text', which is no reply"):
        TestClient(app).get("/")


# What others see of them


def test_steps_are_in_the_document() -> None:
    """Their parameters and security, their 422, and what they say themselves; the user's own words come last."""

    async def limit(key: Annotated[str, Security(APIKeyHeader(name="x-key"))], cost: int = 1) -> None: ...

    fragment: Any = {"responses": {"429": {"description": "Too many"}, 200: {"headers": {"X-Left": {}}}}, "x-limit": 5}
    option = Option("limits", limit, more={"openapi": fragment})
    client = client_of(option, openapi_extra={"x-limit": 7})

    operation = client.app.openapi()["paths"]["/"]["get"]  # type: ignore[attr-defined]
    assert [item["name"] for item in operation["parameters"]] == ["cost"]
    assert operation["security"] == [{"APIKeyHeader": []}]
    assert sorted(operation["responses"]) == ["200", "422", "429"]
    assert operation["responses"]["200"].keys() == {"description", "content", "headers"}
    assert operation["x-limit"] == 7
    assert fragment["responses"].keys() == {"429", 200}


def test_routes_with_steps_stay_on_the_native_path() -> None:
    """Nothing of a step needs ASGI."""
    client = client_of(Option("audit", noting([], "")))

    [route] = [item for item in inspect_routes(client.app) if item.path == "/"]
    assert route.is_native


def test_a_replaced_tree_keeps_the_steps() -> None:
    """Packages give a route another dependency tree without knowing of batteries: limits must not go with the old."""

    async def limit() -> Response:
        return Response("limited", 429)

    async def endpoint() -> None: ...

    router = APIRouter()
    router.get("/", limits=Option("limits", limit))(endpoint)
    app = Zonda()
    app.include_router(router, prefix="/included")
    app.get("/", limits=Option("limits", limit))(endpoint)
    app.router.routes[-1].dependant = get_dependant(path="/", call=endpoint)  # type: ignore[attr-defined]
    client = TestClient(app)

    assert [client.get(path).status_code for path in ("/", "/included/")] == [429, 429]
