"""Tests of findings: mistakes that change no answer and are said at start."""

from typing import Annotated, Any

from pydantic import Field

from zonda.analysis.findings import findings_of
from zonda.param_functions import Depends, Header, Path, Query
from zonda.requests import Request

from .routes import route_of


def reads_the_path(item_id: int) -> None: ...


def texts(call: Any, path: str = "/") -> list[str]:
    return [finding.what for finding in findings_of(route_of(call, path))]


def test_a_path_parameter_that_nothing_reads() -> None:
    """A name in the template that is in no signature is probably a slip."""

    def endpoint(item: int) -> None: ...

    (finding,) = findings_of(route_of(endpoint, "/{item_id}"))

    assert str(finding).splitlines()[0] == "The path has `{item_id}`, and nothing reads it"
    assert f"GET /{{item_id}}, endpoint(), {__file__}".split("/tests/")[0].split(",")[0] in str(finding)


def test_a_path_parameter_may_be_read_elsewhere() -> None:
    """By a dependency, under an alias, or from the request."""

    def by_dependency(value: str = Depends(reads_the_path)) -> None: ...

    def by_alias(number: Annotated[int, Path(alias="item_id")]) -> None: ...

    def by_request(request: Request) -> None: ...

    assert [texts(call, "/{item_id}") for call in (by_dependency, by_alias, by_request)] == [[], [], []]


def test_two_parameters_for_one_thing() -> None:
    """Only the last of several receives what is injected."""

    def endpoint(first: Request, second: Request) -> None: ...

    assert texts(endpoint) == ["2 parameters take the request, and only the last, `second`, receives it"]


def test_a_signature_lost_by_a_decorator() -> None:
    """Star parameters are read as query parameters, which nobody means."""

    def endpoint(*args: Any, **kwargs: Any) -> None: ...

    assert texts(endpoint) == [
        "`*args` is read as a query parameter with the name `args`",
        "`**kwargs` is read as a query parameter with the name `kwargs`",
    ]


def test_two_declarations_of_one_parameter() -> None:
    """FastAPI lets the last win; which one was meant only the user knows."""

    def endpoint(token: Annotated[str, Query(), Header()]) -> None: ...

    def fine(token: Annotated[str, Field(min_length=2), Header()]) -> None: ...

    assert texts(endpoint) == ["`token` is declared as Query and Header, and only the last counts"]
    assert texts(fine) == []


def test_a_path_that_no_request_has() -> None:
    """FastAPI takes a path without its first slash and never answers there."""

    def endpoint() -> None: ...

    (finding,) = findings_of(route_of(endpoint, "items"))

    assert finding.what == "The path 'items' does not begin with `/`, and every request's does"
    assert finding.instead == '"/items"'
