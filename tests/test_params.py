"""Tests of zonda.params and zonda.param_functions: what declarations hold."""

from __future__ import annotations

import inspect
import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import AliasChoices
from pydantic_core import PydanticUndefined

from zonda import param_functions, params
from zonda.datastructures import _Unset
from zonda.exceptions import FastAPIDeprecationWarning

SIGNATURES = json.loads((Path(__file__).parent / "tables" / "parameter_signatures.json").read_text())
OWN = {"parallel"}
"""What FastAPI's declarations do not take."""
MODULES = {"params": params, "param_functions": param_functions}


def shown(default: Any) -> str:
    if default is inspect.Parameter.empty:
        return "<required>"
    return "<unset>" if default is _Unset else repr(default)


@pytest.mark.parametrize("name", SIGNATURES)
def test_signatures_are_fastapis(name: str) -> None:
    """Each class and function has FastAPI's parameters: names, order, kinds and defaults."""
    module, attribute = name.split(".")

    signature = inspect.signature(getattr(MODULES[module], attribute))

    found = [
        [parameter.name, parameter.kind.name.lower(), shown(parameter.default)]
        for parameter in signature.parameters.values()
    ]
    assert [item for item in found if item[0] not in {"_concurrency", *OWN}] == [
        item for item in SIGNATURES[name] if item[0] != "_concurrency"
    ]


@pytest.mark.parametrize("declare", [params.Depends, params.Security, param_functions.Depends])
def test_what_only_zonda_takes_is_out_of_the_way(declare: Any) -> None:
    """Options of our own are given by name alone, and change nothing where they are not given."""
    own = [item for name, item in inspect.signature(declare).parameters.items() if name in OWN]

    assert [(item.name, item.kind.name, item.default) for item in own] == [("parallel", "KEYWORD_ONLY", None)]


@pytest.mark.parametrize(
    ("declaration", "text"),
    [
        (params.Query(), "Query(PydanticUndefined)"),
        (params.Query(...), "Query(PydanticUndefined)"),
        (params.Path(), "Path(PydanticUndefined)"),
        (params.Header(None), "Header(None)"),
        (params.Body([]), "Body([])"),
        (params.Param("x"), "Param(x)"),
    ],
)
def test_representation_shows_the_default(declaration: Any, text: str) -> None:
    """A declaration is shown as its class with its default."""
    assert repr(declaration) == text


def test_an_alias_counts_for_both_directions_unless_these_have_their_own() -> None:
    """`alias` is the validation and the serialisation alias where none is given."""
    plain = params.Query(alias="a")
    split = params.Query(alias="a", validation_alias=AliasChoices("b", "c"), serialization_alias="d")

    assert (plain.validation_alias, plain.serialization_alias) == ("a", "a")
    assert split.alias == "a"
    assert split.validation_alias == AliasChoices("b", "c")
    assert split.serialization_alias == "d"


@pytest.mark.parametrize(("old", "new"), [("regex", "pattern"), ("example", "examples")])
def test_old_options_warn_at_the_users_line(old: str, new: str) -> None:
    """`regex` and `example` still work, and the warning points at the line that wrote them."""
    with pytest.warns(FastAPIDeprecationWarning, match=f"`{old}` has been deprecated, please use `{new}`") as caught:
        param_functions.Query(**{old: "a"})
    with pytest.warns(FastAPIDeprecationWarning) as caught_in_class:
        params.Form(**{old: "a"})

    assert caught[0].filename == caught_in_class[0].filename == __file__


def test_unknown_options_are_refused() -> None:
    """An option that does not exist is a TypeError that names it."""
    with pytest.raises(TypeError, match="Query\\(\\) got an unexpected keyword argument 'bogus'"):
        param_functions.Query(bogus=1)


def test_path_takes_no_default() -> None:
    """A path parameter is always there, so a default is refused at once."""
    with pytest.raises(AssertionError, match="Path parameters cannot have a default value"):
        params.Path(default=1)


def test_defaults_of_the_body_family() -> None:
    """Body, Form and File differ in media type, and only Body can be embedded."""
    kinds = [(kind().media_type, kind().embed) for kind in (params.Body, params.Form, params.File)]

    assert kinds == [
        ("application/json", None),
        ("application/x-www-form-urlencoded", None),
        ("multipart/form-data", None),
    ]
    assert params.Body(embed=True).embed is True
    assert params.Header().convert_underscores is True
    assert params.Query().default is PydanticUndefined


def test_depends_are_values() -> None:
    """Equal dependencies are equal and hash alike; they cannot be changed."""
    first, second = params.Depends(len), params.Depends(len)

    assert first == second
    assert hash(first) == hash(second)
    assert hash(first) != hash(params.Depends(len, scope="function"))
    assert hash(params.Security(len)) == hash(params.Security(len))
    with pytest.raises(AttributeError):
        first.use_cache = False  # type: ignore[misc]


def test_each_limit_is_its_own() -> None:
    """Two declarations with the same limit do not share it."""
    first, second = (params.Depends(len, max_concurrency=2) for _ in range(2))

    assert first._concurrency is not second._concurrency
    assert first != second


@pytest.mark.parametrize("value", [0, -1, True, 1.5, "2"])
def test_max_concurrency_is_a_positive_integer(value: Any) -> None:
    """Anything but a positive integer or None is refused when it is declared."""
    with pytest.raises(ValueError, match="positive integer or None"):
        param_functions.Depends(max_concurrency=value)
