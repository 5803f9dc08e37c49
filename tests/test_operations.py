"""The public callables take FastAPI's options: same names, defaults and order."""

from __future__ import annotations

import inspect
import json
from pathlib import Path
from typing import Any

import pytest

from zonda import APIRouter, Zonda
from zonda.datastructures import DefaultPlaceholder
from zonda.routing import APIRoute, APIWebSocketRoute

TABLE = json.loads((Path(__file__).parent / "tables" / "signatures.json").read_text())
OWNERS = {"Zonda": Zonda, "APIRouter": APIRouter, "APIRoute": APIRoute, "APIWebSocketRoute": APIWebSocketRoute}
CASES = [(owner, method) for owner, methods in TABLE.items() for method in methods]


def described(default: Any) -> str:
    if default is inspect.Parameter.empty:
        return "-"
    if isinstance(default, DefaultPlaceholder):
        return f"Default({getattr(default.value, '__name__', default.value)})"
    return getattr(default, "__name__", None) or repr(default)


@pytest.mark.parametrize(("owner", "method"), CASES)
def test_signature_contains_fastapis(owner: str, method: str) -> None:
    """Every parameter that FastAPI has is there with the same default, in the same order; ours may have more."""
    recorded = [tuple(item) for item in TABLE[owner][method]]

    parameters = inspect.signature(getattr(OWNERS[owner], method)).parameters.values()
    ours = [(item.name, item.kind.name, described(item.default)) for item in parameters]

    assert [item for item in ours if item in recorded] == recorded


def test_an_unknown_option_is_a_type_error() -> None:
    """A misspelt option fails where it is written, not silently."""
    app = Zonda()

    with pytest.raises(
        TypeError, match=r"unexpected keyword argument 'respnse_model'\. Did you mean 'response_model'\?"
    ):
        app.get("/", respnse_model=int)  # type: ignore[call-arg]  # the mistake under test


def test_each_step_passes_every_option_by_name() -> None:
    """A router that overrides `add_api_route` sees all options, those left at their defaults too."""
    seen: dict[str, Any] = {}

    class Watching(APIRouter):
        def add_api_route(self, path: str, endpoint: Any, **options: Any) -> None:
            seen.update(options)
            super().add_api_route(path, endpoint, **options)

    @Watching().get("/items", summary="All")
    async def items() -> list[str]:
        return []

    names = [name for name, kind, _ in TABLE["APIRouter"]["get"] if kind == "KEYWORD_ONLY"]
    assert set(names) <= set(seen)
    assert (seen["summary"], seen["status_code"], seen["methods"]) == ("All", None, ["GET"])


def test_a_decorator_returns_the_endpoint() -> None:
    """The endpoint stays the function that the user wrote."""
    app = Zonda()

    async def endpoint() -> None: ...

    assert app.get("/")(endpoint) is endpoint


def test_query_is_declared_like_the_other_methods() -> None:
    """QUERY has a decorator of its own."""
    app = Zonda()

    @app.query("/search")
    async def search(text: str) -> str:
        return text

    assert app.routes[-1].methods == {"QUERY"}  # type: ignore[attr-defined]
