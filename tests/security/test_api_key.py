"""API keys."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.exceptions import HTTPException

from tests.security.conftest import Connect
from zonda.security import APIKeyCookie, APIKeyHeader, APIKeyQuery

pytestmark = pytest.mark.anyio

SENT: dict[Any, list[tuple[dict[str, str], str | None]]] = {
    APIKeyQuery: [({}, None), ({"query": "key="}, None), ({"query": "KEY=1"}, None), ({"query": "key=a&key=b"}, "b")],
    APIKeyHeader: [({}, None), ({"key": ""}, None), ({"key": "a"}, "a")],
    APIKeyCookie: [({}, None), ({"cookie": "key="}, None), ({"cookie": "other=1; key=a"}, "a")],
}


@pytest.mark.parametrize("kind", SENT)
async def test_the_key_is_taken_from_its_place(kind: Any, connect: Connect) -> None:
    """A key that is absent or empty is 401 with FastAPI's challenge, or None where it is optional."""
    for sent, key in SENT[kind]:
        assert await kind(name="key", auto_error=False)(connect(**sent)) == key
        if key is not None:
            assert await kind(name="key")(connect(**sent)) == key
            continue
        with pytest.raises(HTTPException) as refused:
            await kind(name="key")(connect(**sent))
        assert (refused.value.status_code, refused.value.headers) == (401, {"WWW-Authenticate": "APIKey"})


@pytest.mark.parametrize(
    ("kind", "place"), [(APIKeyQuery, "query"), (APIKeyHeader, "header"), (APIKeyCookie, "cookie")]
)
def test_the_scheme_describes_itself(kind: Any, place: str) -> None:
    """With the key's name and place."""
    scheme = kind(name="key", description="d")

    assert scheme.scheme_name == kind.__name__
    assert scheme.model.model_dump(mode="json", by_alias=True) == {
        "type": "apiKey",
        "description": "d",
        "in": place,
        "name": "key",
    }
    assert kind(name="key", scheme_name="mine").scheme_name == "mine"
