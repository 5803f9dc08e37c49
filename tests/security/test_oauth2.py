"""OAuth2 and OpenID Connect."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError
from starlette.exceptions import HTTPException

from tests.security.conftest import Connect
from zonda.security import (
    OAuth2,
    OAuth2AuthorizationCodeBearer,
    OAuth2PasswordBearer,
    OAuth2PasswordRequestForm,
    OAuth2PasswordRequestFormStrict,
    OpenIdConnect,
    SecurityScopes,
)
from zonda.security.utils import get_authorization_scheme_param

pytestmark = pytest.mark.anyio

TOKEN: list[Any] = [OAuth2PasswordBearer, lambda url, **options: OAuth2AuthorizationCodeBearer("a", url, **options)]
HEADER: list[Any] = [lambda url, **options: OAuth2(**options), lambda url, **options: OpenIdConnect(
    openIdConnectUrl=url, **options
)]  # fmt: skip


@pytest.mark.parametrize("make", [*TOKEN, *HEADER])
async def test_without_credentials_a_bearer_token_is_asked_for(make: Any, connect: Connect) -> None:
    """401 with the challenge `Bearer`, or None where credentials are optional."""
    with pytest.raises(HTTPException) as refused:
        await make("token")(connect())

    assert (refused.value.status_code, refused.value.headers) == (401, {"WWW-Authenticate": "Bearer"})
    assert await make("token", auto_error=False)(connect()) is None


@pytest.mark.parametrize("make", TOKEN)
async def test_bearer_flows_give_the_token(make: Any, connect: Connect) -> None:
    """Without its scheme, which may be in any case; another scheme is none."""
    assert await make("token")(connect("bearer abc")) == "abc"
    assert await make("token")(connect("Bearer")) == ""
    assert await make("token", auto_error=False)(connect("Basic abc")) is None


@pytest.mark.parametrize("make", HEADER)
async def test_the_others_give_the_header(make: Any, connect: Connect) -> None:
    """As it came, whatever scheme it names."""
    assert await make("token")(connect("Anything at all")) == "Anything at all"


@pytest.mark.parametrize(
    ("scheme", "model"),
    [
        (OAuth2(), {"flows": {}}),
        (OAuth2(flows={"password": {"tokenUrl": "t"}}), {"flows": {"password": {"tokenUrl": "t", "scopes": {}}}}),
        (
            OAuth2PasswordBearer("t", scopes={"a": "A"}, refreshUrl="r"),
            {"flows": {"password": {"tokenUrl": "t", "refreshUrl": "r", "scopes": {"a": "A"}}}},
        ),
        (
            OAuth2AuthorizationCodeBearer("a", "t", description="d"),
            {
                "description": "d",
                "flows": {"authorizationCode": {"authorizationUrl": "a", "tokenUrl": "t", "scopes": {}}},
            },
        ),
    ],
)
def test_the_scheme_describes_itself(scheme: Any, model: dict[str, Any]) -> None:
    """With its flows and their scopes."""
    assert scheme.scheme_name == type(scheme).__name__
    assert scheme.model.model_dump(mode="json", by_alias=True, exclude_none=True) == {"type": "oauth2", **model}


def test_wrong_flows_are_refused_when_they_are_declared() -> None:
    """A flow without its address cannot be used by any client."""
    with pytest.raises(ValidationError, match="tokenUrl"):
        OAuth2(flows={"password": {"scopes": {}}})


def test_openid_connect_describes_its_address() -> None:
    """Clients find all else there."""
    model = OpenIdConnect(openIdConnectUrl="/oidc", scheme_name="mine").model

    assert model.model_dump(mode="json", by_alias=True, exclude_none=True) == {
        "type": "openIdConnect",
        "openIdConnectUrl": "/oidc",
    }


def test_the_password_form_splits_scopes() -> None:
    """The standard sends them as one string with spaces."""
    form = OAuth2PasswordRequestForm(username="ann", password="x", scope="a  b ", client_id="i")
    strict = OAuth2PasswordRequestFormStrict("password", "ann", "x", "c")

    assert (form.scopes, form.grant_type, form.client_id, form.client_secret) == (["a", "b"], None, "i", None)
    assert (strict.scopes, strict.grant_type) == (["c"], "password")


def test_security_scopes_have_a_string_form() -> None:
    """For the challenge of a refusal."""
    assert (SecurityScopes(["a", "b"]).scope_str, SecurityScopes().scopes) == ("a b", [])


@pytest.mark.parametrize(
    ("header", "parts"),
    [(None, ("", "")), ("a", ("a", "")), ("a  b c ", ("a", "b c")), (" a", ("", "a")), ("a\tb", ("a\tb", ""))],
)
def test_a_header_is_split_at_its_first_space(header: str | None, parts: tuple[str, str]) -> None:
    """Other white space does not end a scheme."""
    assert get_authorization_scheme_param(header) == parts
