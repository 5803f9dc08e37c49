"""What users call things reaches a page only as a name of ours, as a literal, or as an object."""

from __future__ import annotations

import inspect
from typing import Annotated, Any

import pytest

from tests.compiler.answers import answer, responder
from zonda import Body, Depends, Header, Query
from zonda.routing import APIRoute


async def clash(
    exchange: int,
    errors: int,
    error: int,
    body: int,
    query_values: int,
    result: int,
    place: int,
    head: int,
    id: int,  # noqa: A002
) -> Any:
    return [exchange, errors, error, body, query_values, result, place, head, id]


def test_parameters_may_be_called_as_we_call_things() -> None:
    """No name of a parameter is taken by the page itself."""
    names = list(inspect.signature(clash).parameters)
    query = "&".join(f"{name}={number}" for number, name in enumerate(names))

    assert answer(APIRoute("/", clash), query=query.encode()) == (200, b"[0,1,2,3,4,5,6,7,8]")


async def missing(missing: int) -> Any:
    return missing


def test_endpoints_may_be_called_as_we_call_things() -> None:
    """An endpoint keeps its name even when a function of ours has the same."""
    status, content = answer(APIRoute("/", missing), query=b"")

    assert status == 422
    assert b'"loc":["query","missing"]' in content
    assert "await missing(" in inspect.getsource(responder(APIRoute("/", missing)))


@pytest.mark.parametrize("path", ["/it's/{here}", '/"quoted"/{here}', "/line\nbreak/{here}", "/#{here}", "/\\{here}"])
def test_no_path_breaks_the_page(path: str) -> None:
    """Quotes, backslashes and line breaks in a path are text and nothing else."""

    async def read(here: str) -> Any:
        return here

    assert answer(APIRoute(path, read), path_values={"here": "x"}) == (200, b'"x"')


def test_no_alias_and_no_default_breaks_the_page() -> None:
    """Aliases and defaults reach the page as literals or objects."""

    async def read(
        a: Annotated[str, Query(alias='it\'s\n"here"')] = "'''\n\\",
        b: Annotated[str, Header(alias="x-'")] = '"',
        c: Annotated[float, Query(alias="}{")] = float("inf"),
    ) -> Any:
        return [a, b, c == float("inf")]

    assert answer(APIRoute("/", read)) == (200, b'["\'\'\'\\n\\\\","\\"",true]')


def first(limit: Annotated[int, Query(le=5)] = 1) -> int:
    return limit


async def second(limit: Annotated[str, Query()] = "none") -> str:
    return limit


def test_one_name_in_several_dependencies() -> None:
    """Parameters that share a name are kept apart, each validated by its own rules."""

    async def read(a: Annotated[int, Depends(first)], b: Annotated[str, Depends(second)], limit: float = 0) -> Any:
        return [a, b, limit]

    assert answer(APIRoute("/", read), query=b"limit=3") == (200, b'[3,"3",3.0]')
    assert answer(APIRoute("/", read), query=b"limit=7")[0] == 422


def test_mutable_defaults_are_fresh() -> None:
    """What an endpoint does to a default does not reach the next request."""

    async def add(tags: Annotated[list[str], Query()] = ["new"], more: Annotated[dict[str, int], Body()] = {}) -> Any:  # noqa: B006
        tags.append("used")
        more["used"] = 1
        return [tags, more]

    route = APIRoute("/", add, methods=["POST"])
    assert answer(route) == answer(route) == (200, b'[["new","used"],{"used":1}]')
