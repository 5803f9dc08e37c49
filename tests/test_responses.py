"""The two deprecated response classes, and where the others come from."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
import starlette.responses

from zonda import responses
from zonda.exceptions import FastAPIDeprecationWarning


def test_responses_are_starlettes() -> None:
    """Packages that test with `isinstance` meet the classes that they know."""
    for name in ("Response", "JSONResponse", "HTMLResponse", "FileResponse", "StreamingResponse", "RedirectResponse"):
        assert getattr(responses, name) is getattr(starlette.responses, name)


def test_orjson_response_writes_with_orjson_and_warns(monkeypatch: pytest.MonkeyPatch) -> None:
    """The package's options for keys that are no strings and for numpy are on, as in FastAPI."""
    orjson = SimpleNamespace(
        OPT_NON_STR_KEYS=1, OPT_SERIALIZE_NUMPY=2, dumps=lambda content, option: f"{content} {option}".encode()
    )
    monkeypatch.setattr(responses, "orjson", orjson)

    with pytest.warns(FastAPIDeprecationWarning, match="ORJSONResponse is deprecated"):
        response = responses.ORJSONResponse({1: 2})

    assert (response.body, response.headers["content-type"]) == (b"{1: 2} 3", "application/json")


def test_ujson_response_writes_with_ujson_and_warns(monkeypatch: pytest.MonkeyPatch) -> None:
    """Text is written as it is, not as escapes."""
    ujson = SimpleNamespace(dumps=lambda content, ensure_ascii: f"{content} {ensure_ascii}")
    monkeypatch.setattr(responses, "ujson", ujson)

    with pytest.warns(FastAPIDeprecationWarning, match="UJSONResponse is deprecated"):
        response = responses.UJSONResponse("é")

    assert response.body == "é False".encode()


@pytest.mark.filterwarnings("ignore::zonda.exceptions.FastAPIDeprecationWarning")
@pytest.mark.parametrize(("name", "package"), [("ORJSONResponse", "orjson"), ("UJSONResponse", "ujson")])
def test_a_missing_package_is_named(name: str, package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error says what has to be installed for which class."""
    monkeypatch.setattr(responses, package, None)
    response_class: Any = getattr(responses, name)

    with pytest.raises(AssertionError, match=f"{package} must be installed to use {name}"):
        response_class({})
