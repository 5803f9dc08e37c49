"""Tests of where a parameter comes from and under which names."""

import datetime
import enum
import uuid
from typing import Annotated, Any, Literal

import pytest
from pydantic import AliasChoices, AliasPath, BaseModel, Field, Json
from typing_extensions import TypeAliasType

from zonda.analysis.dependencies import get_dependant
from zonda.analysis.fields import ModelField
from zonda.analysis.plan import ParameterPlan
from zonda.background import BackgroundTasks
from zonda.datastructures import UploadFile
from zonda.param_functions import Body, Cookie, File, Form, Header, Path, Query
from zonda.params import Param
from zonda.requests import HTTPConnection, Request
from zonda.responses import Response
from zonda.security.oauth2 import SecurityScopes
from zonda.websockets import WebSocket

from .routes import plan_of


class Item(BaseModel):
    name: str
    tags: list[str] = []


class Color(enum.Enum):
    RED = "red"


SOURCES = ("path", "query", "header", "cookie", "body")


def source_of(annotation: Any, default: Any = ..., path: str = "/") -> str:
    if default is ...:

        def endpoint(value: annotation) -> None: ...
    else:

        def endpoint(value: annotation = default) -> None: ...

    dependant = get_dependant(path=path, call=endpoint)
    return next(source for source in SOURCES if getattr(dependant, f"{source}_params"))


def only(call: Any, path: str = "/") -> ParameterPlan:
    (parameter,) = plan_of(call, path).endpoint.parameters
    return parameter


@pytest.mark.parametrize(
    "annotation",
    [int, str, bytes, Any, int | None, Color, uuid.UUID, datetime.date, Literal["a"], Annotated[int, Field(gt=1)]],
)
def test_plain_values_come_from_the_query(annotation: Any) -> None:
    """What is one plain value comes from the query unless the path has its name."""
    assert source_of(annotation) == "query"
    assert source_of(annotation, path="/{value}") == "path"


@pytest.mark.parametrize(
    "annotation", [Item, Item | None, dict, dict[str, int], list[int], set[str], list[Item], str | list[int]]
)
def test_other_values_come_from_the_body(annotation: Any) -> None:
    """Models, mappings and sequences come from the body unless told otherwise."""
    assert source_of(annotation) == "body"


@pytest.mark.parametrize("annotation", [UploadFile, UploadFile | None, list[UploadFile]])
def test_uploads_are_files(annotation: Any) -> None:
    """An UploadFile makes the body a form without being declared."""
    assert source_of(annotation) == "body"

    def endpoint(value: annotation) -> None: ...

    (parameter,) = plan_of(endpoint).endpoint.body_parameters
    assert (parameter.is_file, parameter.is_form) == (True, True)


@pytest.mark.parametrize(
    ("declared", "source"),
    [
        (Query(), "query"),
        (Header(), "header"),
        (Cookie(), "cookie"),
        (Body(), "body"),
        (Form(), "body"),
        (File(), "body"),
        (Param(), "query"),
    ],
)
def test_a_declaration_decides(declared: Any, source: str) -> None:
    """A declaration in `Annotated` or after `=` decides the source."""
    assert source_of(Annotated[str, declared]) == source
    assert source_of(str, declared) == source


def test_an_alias_of_a_type_counts_as_what_it_names() -> None:
    """A PEP 695 alias may carry a declaration."""
    token = TypeAliasType("token", Annotated[str, Header(min_length=3)])

    assert source_of(token) == "header"


def test_constraints_in_annotated_are_kept() -> None:
    """All metadata count: Pydantic's `Field`, several of ours, in any order."""

    def endpoint(value: Annotated[int, Field(gt=1), Query(lt=9), Query(multiple_of=2)]) -> None: ...

    parameter = only(endpoint)

    assert parameter.field.validate("4") == (4, [])
    for wrong, kind in (("0", "greater_than"), ("10", "less_than"), ("3", "multiple_of")):
        value, errors = parameter.field.validate(wrong, loc=("query", "value"))
        assert value is None
        assert [(error["type"], error["loc"]) for error in errors] == [(kind, ("query", "value"))]


def test_defaults() -> None:
    """A default makes a parameter optional; `...` and a missing default do not."""

    def endpoint(
        a: int,
        e: Annotated[list[int], Query(default_factory=list)],
        b: int = 1,
        c: int | None = None,
        d: int = Query(...),
    ) -> None: ...

    parameters = {item.name: item for item in plan_of(endpoint).endpoint.parameters}

    assert {name: item.is_required for name, item in parameters.items()} == {
        "a": True,
        "b": False,
        "c": False,
        "d": True,
        "e": False,
    }
    assert parameters["e"].field.get_default() == []
    assert parameters["e"].field.get_default() is not parameters["e"].field.get_default()


def test_header_names_have_hyphens_unless_told_otherwise() -> None:
    """A header's own name is converted, its alias is literal."""

    def endpoint(
        x_token: Annotated[str, Header()],
        y_token: Annotated[str, Header(convert_underscores=False)],
        z_token: Annotated[str, Header(alias="Z_Token")],
    ) -> None: ...

    names = [item.request_names for item in plan_of(endpoint).endpoint.parameters]

    assert names == [(("x-token", "x-token"),), (("y_token", "y_token"),), (("Z_Token", "Z_Token"),)]


def test_alias_choices_are_tried_in_order() -> None:
    """Each choice is a name of its own; a path into nested data is left to Pydantic."""

    def endpoint(
        a: Annotated[int, Query(alias="ignored", validation_alias=AliasChoices("first", "second"))],
        b: Annotated[int, Query(validation_alias=AliasPath("x", 0))],
        c: Annotated[int, Query(validation_alias="other")],
    ) -> None: ...

    names = [item.request_names for item in plan_of(endpoint).endpoint.parameters]

    assert names == [(("first", "first"), ("second", "second")), (("b", "b"),), (("other", "other"),)]


def test_a_path_parameter_takes_the_choice_that_the_template_has() -> None:
    """Of several names the path knows one."""

    def endpoint(value: Annotated[int, Path(validation_alias=AliasChoices("a", "b"))]) -> None: ...

    assert only(endpoint, "/{b}").request_names == (("b", "b"),)


@pytest.mark.parametrize(
    ("annotation", "is_sequence"),
    [
        (list[int], True),
        (set[str] | None, True),
        (tuple[int, ...], True),
        (int, False),
        (str | None, False),
        (Json[list[int]], False),
    ],
)
def test_repeated_keys_are_collected_for_sequences(annotation: Any, is_sequence: bool) -> None:
    """A sequence collects repeated keys; JSON text is one value whatever it holds."""

    def endpoint(value: Annotated[annotation, Query()]) -> None: ...

    assert only(endpoint).is_sequence is is_sequence


def test_parameter_models_spread_their_fields() -> None:
    """A model in the query, headers or cookies is read field by field."""

    class Filters(BaseModel):
        page_size: int = 10
        tag: Annotated[list[str], Field(validation_alias=AliasChoices("tag", "t"))] = []

    def endpoint(query: Annotated[Filters, Query()], headers: Annotated[Filters | None, Header()] = None) -> None: ...

    query, headers = plan_of(endpoint).endpoint.parameters

    assert query.model is headers.model is Filters
    assert query.request_names == ()
    assert [(item.request_names, item.is_sequence) for item in query.model_fields] == [
        ((("page_size", "page_size"),), False),
        ((("tag", "tag"), ("t", "t")), True),
    ]
    assert headers.model_fields[0].request_names == (("page-size", "page_size"),)
    assert (query.is_required, headers.is_required) == (True, False)


def test_some_types_are_injected() -> None:
    """Request and its like are passed in because of their type, also when they have a default."""

    def endpoint(
        request: Request,
        websocket: WebSocket,
        connection: HTTPConnection,
        response: Response,
        tasks: BackgroundTasks,
        scopes: SecurityScopes,
        annotated: Annotated[Request, "ours"] = None,  # type: ignore[assignment]
    ) -> None: ...

    dependant = get_dependant(path="/", call=endpoint)

    assert dependant.request_param_name == "annotated"
    assert dependant.websocket_param_name == "websocket"
    assert dependant.http_connection_param_name == "connection"
    assert dependant.response_param_name == "response"
    assert dependant.background_tasks_param_name == "tasks"
    assert dependant.security_scopes_param_name == "scopes"
    assert not dependant.query_params


def test_a_shared_declaration_is_named_by_its_first_parameter() -> None:
    """As in FastAPI, one object after `=` in two places has one alias."""
    shared = Query(default=1)

    def endpoint(first: int = shared, second: str = shared) -> None: ...

    fields: list[ModelField] = get_dependant(path="/", call=endpoint).query_params

    assert [(field.name, field.alias, field.field_info.annotation) for field in fields] == [
        ("first", "first", int),
        ("second", "first", str),
    ]
