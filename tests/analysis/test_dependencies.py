"""Tests of the dependency tree: its attributes, its order, what is found when it is read back."""

from typing import Annotated, Any

from pydantic import BaseModel

from zonda.analysis.dependant import Dependant, get_cache_key, get_oauth_scopes, uses_scopes
from zonda.analysis.dependencies import get_dependant, get_flat_params, get_parameterless_sub_dependant
from zonda.param_functions import Cookie, Depends, Header, Query, Security
from zonda.params import Depends as DependsParam
from zonda.security import APIKeyHeader


class Filters(BaseModel):
    page: int = 1
    tag: str = ""


def common(limit: int, session: Annotated[str, Cookie()] = "") -> None: ...


def test_a_class_is_its_own_dependency() -> None:
    """`Depends()` without a callable takes the annotated class."""

    def endpoint(filters: Annotated[Filters, Depends()]) -> None: ...

    (child,) = get_dependant(path="/", call=endpoint).dependencies

    assert (child.call, child.name) == (Filters, "filters")
    assert [field.name for field in child.query_params] == ["page", "tag"]


def test_what_depends_says_is_kept() -> None:
    """Cache, scope, scopes and limit reach the tree, also without a parameter."""
    limited = DependsParam(common, use_cache=False, scope="request", max_concurrency=2)

    child = get_parameterless_sub_dependant(depends=limited, path="/")

    assert (child.call, child.name, child.use_cache, child.scope) == (common, None, False, "request")
    assert child.concurrency is limited._concurrency


def test_flat_parameters() -> None:
    """By source, the endpoint's own first; models as their fields; what is called once appears once."""

    def endpoint(
        item_id: int,
        filters: Annotated[Filters, Query()],
        trace: Annotated[str, Header()],
        first: str = Depends(common),
        second: str = Depends(common),
    ) -> None: ...

    flat = get_flat_params(get_dependant(path="/{item_id}", call=endpoint))

    assert [field.name for field in flat] == ["item_id", "page", "tag", "limit", "trace", "session"]


def test_scopes_go_down_the_tree() -> None:
    """A dependency knows the scopes of those above it, and whether they matter to it."""
    scheme = APIKeyHeader(name="key")

    def inner(key: str = Security(scheme, scopes=["read"])) -> None: ...

    def endpoint(value: str = Security(inner, scopes=["all"])) -> None: ...

    child = get_dependant(path="/", call=endpoint).dependencies[0]
    (leaf,) = child.dependencies

    assert get_oauth_scopes(dependant=leaf) == ["all", "read"]
    assert uses_scopes(dependant=child)
    assert get_cache_key(dependant=leaf) == (scheme, ("all", "read"), "")


def test_a_dependant_is_a_plain_object() -> None:
    """Packages read, edit, compare and subclass it; nothing else can be stored on it."""
    dependant = Dependant(call=common)

    class Extended(Dependant):
        note: Any = None

    assert dependant == Dependant(call=common)
    assert not hasattr(dependant, "__dict__")
    assert Extended(call=common).query_params == []
