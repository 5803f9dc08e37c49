"""Tests of plans: the call order of a tree, what is reused, who replaces whom, how the body is read."""

from collections.abc import AsyncIterator, Iterator
from typing import Annotated

import pytest
from pydantic import BaseModel
from starlette.responses import JSONResponse, PlainTextResponse

from zonda.analysis.fields import create_model_field
from zonda.analysis.kinds import CallKind, Injection
from zonda.analysis.mistakes import DependencyCycle
from zonda.analysis.plan import BodyEncoding, ResultKind, RoutePlan
from zonda.analysis.planning import plan_route, plan_websocket
from zonda.changes import declared
from zonda.datastructures import UploadFile
from zonda.param_functions import Body, Depends, File, Form, Security
from zonda.security.oauth2 import SecurityScopes

from .routes import plan_of, route_of


class Item(BaseModel):
    name: str


def settings() -> str: ...


def session(where: str = Depends(settings)) -> Iterator[str]:
    yield where


async def user(open_session: str = Depends(session), where: str = Depends(settings)) -> str: ...


async def page(number: int = 1) -> AsyncIterator[int]:
    yield number


def replacement(q: str) -> str: ...


def order(plan: RoutePlan) -> list[tuple[str, int | None]]:
    return [(item.call.name, item.reuses) for item in plan.dependencies]


def test_each_dependency_stands_after_what_it_needs() -> None:
    """Depth first, in the order of the signature; a second use takes the first one's value."""

    def endpoint(who: str = Depends(user), number: int = Depends(page), where: str = Depends(settings)) -> None: ...

    plan = plan_of(endpoint)

    assert order(plan) == [
        ("settings", None),
        ("session", None),
        ("settings", 0),
        ("user", None),
        ("page", None),
        ("settings", 0),
    ]
    assert plan.dependencies[3].call.arguments == (("open_session", 1), ("where", 2))
    assert plan.endpoint.arguments == (("who", 3), ("number", 4), ("where", 5))
    assert plan.endpoint.needs == (3, 4, 5)


def test_kinds_and_scopes() -> None:
    """Generators are closed after the reply unless told otherwise; the plan knows what stays open."""

    def endpoint(a: str = Depends(session), b: str = Depends(page, scope="function"), c: str = Depends(settings)): ...

    plan = plan_of(endpoint)
    by_name = {item.call.name: item for item in plan.dependencies if item.reuses is None}

    assert (by_name["session"].call.kind, by_name["session"].scope) == (CallKind.GENERATOR, "request")
    assert (by_name["page"].call.kind, by_name["page"].scope) == (CallKind.ASYNC_GENERATOR, "function")
    assert (by_name["settings"].call.kind, by_name["settings"].scope) == (CallKind.FUNCTION, None)
    assert (plan.has_request_scope, plan.has_function_scope) == (True, True)


def test_use_cache_false_calls_again() -> None:
    """What asks for no cache is called anew; others may take its value."""

    def endpoint(
        a: str = Depends(settings, use_cache=False),
        b: str = Depends(settings),
        c: str = Depends(settings, use_cache=False),
    ) -> None: ...

    assert order(plan_of(endpoint)) == [("settings", None), ("settings", 0), ("settings", None)]


def test_scope_and_security_scopes_are_part_of_the_cache_key() -> None:
    """The same callable with another scope, or with other scopes asked for, is called again."""

    def endpoint(
        a: str = Depends(session),
        b: str = Depends(session, scope="function"),
        c: str = Security(settings, scopes=["a"]),
        d: str = Security(settings, scopes=["b"]),
        e: str = Security(settings, scopes=["a"]),
    ) -> None: ...

    reused = [(name, reuses) for name, reuses in order(plan_of(endpoint)) if name in {"session", "settings"}]

    assert reused == [
        ("settings", None),
        ("session", None),
        ("settings", 0),
        ("session", None),
        ("settings", None),
        ("settings", None),
        ("settings", 4),
    ]


def test_parameters_of_a_reused_dependency_are_validated_in_each_place() -> None:
    """What is wrong is reported once for each place, so a repeated dependency keeps its parameters."""

    def endpoint(a: int = Depends(page), b: int = Depends(page)) -> None: ...

    first, second = plan_of(endpoint).dependencies

    assert second.reuses == 0
    assert [item.name for item in second.call.parameters] == [item.name for item in first.call.parameters] == ["number"]


def test_a_reused_tree_without_parameters_is_not_walked_again() -> None:
    """Nothing below a value that is taken from earlier has to be looked at when it reads nothing."""

    def endpoint(a: str = Depends(user), b: str = Depends(user)) -> None: ...

    plan = plan_of(endpoint)

    assert order(plan) == [("settings", None), ("session", None), ("settings", 0), ("user", None), ("user", 3)]
    assert plan.dependencies[4].call.needs == ()


def test_security_scopes_are_gathered_from_the_outside() -> None:
    """The scopes are those of the outermost `Security` first, its own only if they are new."""

    def checked(scopes: SecurityScopes) -> None: ...

    def inner(value: None = Security(checked, scopes=["items", "me"])) -> None: ...

    def endpoint(value: None = Security(inner, scopes=["me"])) -> None: ...

    (injection,) = plan_of(endpoint).dependencies[0].call.injections

    assert injection.injection is Injection.SECURITY_SCOPES
    assert injection.scopes == ("me", "items")


def test_overrides_replace_at_their_place() -> None:
    """A replaced callable is analysed anew, with its own parameters; its cache key stays the original's."""

    def endpoint(a: str = Depends(user), b: str = Depends(settings)) -> None: ...

    plan = plan_of(endpoint, overrides={settings: replacement})

    assert order(plan) == [
        ("replacement", None),
        ("session", None),
        ("replacement", 0),
        ("user", None),
        ("replacement", 0),
    ]
    assert [item.name for item in plan.dependencies[0].call.parameters] == ["q"]


def test_two_originals_replaced_by_one_are_called_twice() -> None:
    """The value is kept for the callable that was asked for, not for the one that answered."""

    def endpoint(a: str = Depends(settings), b: int = Depends(page)) -> None: ...

    plan = plan_of(endpoint, overrides={settings: replacement, page: replacement})

    assert order(plan) == [("replacement", None), ("replacement", None)]


def test_replacements_are_replaced_within_but_not_again() -> None:
    """What a replacement depends on is looked up too; the replacement itself is final."""

    def outer(where: str = Depends(settings)) -> str: ...

    def endpoint(a: str = Depends(user)) -> None: ...

    plan = plan_of(endpoint, overrides={user: outer, settings: replacement, outer: page})

    assert order(plan) == [("replacement", None), ("outer", None)]


def test_a_replacement_that_needs_what_it_replaces_is_a_cycle() -> None:
    """A replacement below itself is refused when the plan is made."""

    def endpoint(a: str = Depends(settings)) -> None: ...

    with pytest.raises(DependencyCycle, match="session → session"):
        plan_of(endpoint, overrides={settings: session})


def test_an_edited_tree_is_seen() -> None:
    """Plans are made from the tree as it is, and a change after planning is counted."""

    def endpoint() -> None: ...

    route = route_of(endpoint)
    plan_route(route)
    before = (declared.count, route.dependant.tree_version())

    route.dependant.dependencies.insert(0, route_of(settings).dependant)

    assert order(plan_route(route)) == [("settings", None)]
    assert declared.count > before[0]
    assert route.dependant.tree_version() > before[1]


def test_json_bodies() -> None:
    """One parameter is the body itself; several, or an embedded one, are keys of an object."""

    def one(item: Item) -> None: ...

    def two(item: Item, count: Annotated[int, Body()]) -> None: ...

    def embedded(item: Annotated[Item, Body(embed=True)]) -> None: ...

    plans = [plan_of(call).body for call in (one, two, embedded)]

    assert [plan and (plan.encoding, plan.is_embedded) for plan in plans] == [
        (BodyEncoding.JSON, False),
        (BodyEncoding.JSON, True),
        (BodyEncoding.JSON, True),
    ]


def test_form_bodies() -> None:
    """A form field makes the body a form; a form model is not a key of it."""

    def fields(name: Annotated[str, Form()], photo: Annotated[bytes, File()], more: list[UploadFile]) -> None: ...

    def model(item: Annotated[Item, Form()]) -> None: ...

    plan = plan_of(fields)
    name, photo, more = plan.endpoint.body_parameters
    (item,) = plan_of(model).endpoint.body_parameters

    assert plan.body is not None
    assert (plan.body.encoding, plan.body.is_embedded) == (BodyEncoding.FORM, True)
    assert [(part.is_file, part.reads_bytes, part.is_sequence) for part in (name, photo, more)] == [
        (False, False, False),
        (True, True, False),
        (True, False, True),
    ]
    assert item.form_models == (Item,)
    assert [[part.request_names for part in fields] for fields in item.form_branches] == [[(("name", "name"),)]]


def test_no_body_without_body_parameters() -> None:
    """A route that reads nothing from the body has no plan for one."""
    assert plan_of(settings).body is None


def test_results() -> None:
    """What leaves is a value, a stream of lines or events, or raw chunks."""

    def stream() -> Iterator[int]:
        yield 1

    kinds = [
        plan_of(settings).response.kind,
        plan_of(stream, is_json_stream=True).response.kind,
        plan_of(stream, is_sse_stream=True).response.kind,
        plan_of(stream).response.kind,
    ]

    assert kinds == [
        ResultKind.VALUE,
        ResultKind.JSON_LINES,
        ResultKind.SERVER_SENT_EVENTS,
        ResultKind.RAW_STREAM,
    ]


def test_the_response_class_is_known_to_be_the_default_or_not() -> None:
    """Only a response class that the user named is used for a value with a model."""
    field = create_model_field("Response", Item, mode="serialization")

    default = plan_of(settings, response_field=field).response
    named = plan_of(settings, response_class=PlainTextResponse, response_model_exclude={"name"}).response

    assert (default.response_class, default.is_default_class, default.field) == (JSONResponse, True, field)
    assert (named.response_class, named.is_default_class, named.exclude) == (PlainTextResponse, False, {"name"})


def test_a_plan_names_its_place() -> None:
    """Messages can say which operation, function, file and line."""

    def endpoint(item_id: int) -> None: ...

    plan = plan_of(endpoint, "/items/{item_id}", methods={"PUT", "GET"})

    assert plan.operation == "GET,PUT /items/{item_id}"
    assert plan.place.function == "endpoint"
    assert plan.place.file == __file__
    assert plan.place.line == endpoint.__code__.co_firstlineno


def test_websockets() -> None:
    """A websocket route has a plan of its own, without body and response."""

    async def endpoint(who: str = Depends(user)) -> None: ...

    plan = plan_websocket(route_of(endpoint, "/ws"))

    assert plan.endpoint.arguments == (("who", 3),)
    assert plan.place.path == "WS /ws"


def test_a_name_for_generated_code_is_an_identifier() -> None:
    """Whatever a callable is called, code can be written with its name."""
    plan = plan_of(lambda: None)

    assert plan.endpoint.name == "call_lambda"
