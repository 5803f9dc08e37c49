"""The schemes of the `Authorization` header."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import pytest

from tests.security.conftest import Connect
from zonda.exceptions import HTTPException
from zonda.security import HTTPAuthorizationCredentials, HTTPBasic, HTTPBasicCredentials, HTTPBearer, HTTPDigest
from zonda.security.http import HTTPBase

pytestmark = pytest.mark.anyio


def basic(text: str, encoding: str = "utf-8") -> str:
    return "Basic " + b64encode(text.encode(encoding)).decode()


async def refusal(scheme: Any, connection: Any) -> HTTPException:
    with pytest.raises(HTTPException) as refused:
        await scheme(connection)
    assert (refused.value.status_code, refused.value.detail) == (401, "Not authenticated")
    return refused.value


@pytest.mark.parametrize(
    ("scheme", "challenge"),
    [
        (HTTPBasic(), "Basic"),
        (HTTPBasic(realm="shop"), 'Basic realm="shop"'),
        (HTTPBearer(), "Bearer"),
        (HTTPDigest(), "Digest"),
        (HTTPBase(scheme="hoba"), "Hoba"),
    ],
)
@pytest.mark.parametrize("authorization", [None, "", "Nothing", " Bearer x"])
async def test_without_credentials_a_challenge_names_the_scheme(
    scheme: Any, challenge: str, authorization: str | None, connect: Connect
) -> None:
    """401, and a header that tells the client what to send."""
    error = await refusal(scheme, connect(authorization))

    assert error.headers == {"WWW-Authenticate": challenge}


@pytest.mark.parametrize(
    "scheme",
    [
        HTTPBasic(auto_error=False),
        HTTPBearer(auto_error=False),
        HTTPDigest(auto_error=False),
        HTTPBase(scheme="hoba", auto_error=False),
    ],
)
async def test_optional_schemes_give_none(scheme: Any, connect: Connect) -> None:
    """With `auto_error=False` the application decides."""
    assert await scheme(connect()) is None
    assert await scheme(connect("Nothing")) is None


@pytest.mark.parametrize(
    ("scheme", "header", "credentials"),
    [
        (HTTPBearer(), "bearer  abc ", ("bearer", "abc")),
        (HTTPBearer(), "BEARER a b", ("BEARER", "a b")),
        (HTTPDigest(), 'digest a="b", c', ("digest", 'a="b", c')),
        (HTTPBase(scheme="hoba"), "Other abc", ("Other", "abc")),
    ],
)
async def test_credentials_are_given_as_they_came(
    scheme: Any, header: str, credentials: tuple[str, str], connect: Connect
) -> None:
    """The scheme in the client's spelling, and what follows without the spaces around it."""
    given = await scheme(connect(header))

    assert given == HTTPAuthorizationCredentials(scheme=credentials[0], credentials=credentials[1])


@pytest.mark.parametrize(("scheme", "header"), [(HTTPBearer(), "Basic abc"), (HTTPDigest(), "Bearer abc")])
async def test_another_scheme_is_no_credential(scheme: Any, header: str, connect: Connect) -> None:
    """A client that chose another scheme is asked for this one."""
    await refusal(scheme, connect(header))


@pytest.mark.parametrize(
    ("header", "name", "password"),
    [(basic("ann:pa:ss"), "ann", "pa:ss"), (basic(":"), "", ""), (basic("ann:x") + "\n", "ann", "x")],
)
async def test_basic_splits_name_and_password(header: str, name: str, password: str, connect: Connect) -> None:
    """At the first colon; a password may have more."""
    assert await HTTPBasic()(connect(header)) == HTTPBasicCredentials(username=name, password=password)


@pytest.mark.parametrize("header", ["Basic", "Basic %%%", "Basic é", basic("no colon"), basic("ü:x"), "Basic YTp"])
@pytest.mark.parametrize("auto_error", [True, False])
async def test_basic_credentials_that_cannot_be_read_are_refused(
    header: str, auto_error: bool, connect: Connect
) -> None:
    """Also where credentials are optional: something was sent, and it is wrong."""
    await refusal(HTTPBasic(auto_error=auto_error), connect(header))


async def test_an_application_may_refuse_in_its_own_way(connect: Connect) -> None:
    """`make_not_authenticated_error` and `make_authenticate_headers` are there to be overridden."""

    class Old(HTTPBearer):
        def make_not_authenticated_error(self) -> HTTPException:
            return HTTPException(403, "Go away")

    class Hinting(HTTPBearer):
        def make_authenticate_headers(self) -> dict[str, str]:
            return {"WWW-Authenticate": 'Bearer realm="api"'}

    with pytest.raises(HTTPException, match="Go away"):
        await Old()(connect())
    assert (await refusal(Hinting(), connect())).headers == {"WWW-Authenticate": 'Bearer realm="api"'}


@pytest.mark.parametrize(
    ("scheme", "name", "model"),
    [
        (HTTPBasic(), "HTTPBasic", {"type": "http", "scheme": "basic"}),
        (HTTPBearer(bearerFormat="JWT"), "HTTPBearer", {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}),
        (HTTPDigest(description="d"), "HTTPDigest", {"type": "http", "scheme": "digest", "description": "d"}),
        (HTTPBase(scheme="hoba", scheme_name="mine"), "mine", {"type": "http", "scheme": "hoba"}),
    ],
)
def test_the_scheme_describes_itself(scheme: Any, name: str, model: dict[str, str]) -> None:
    """Under its class's name or a given one, as OpenAPI spells it."""
    assert scheme.scheme_name == name
    assert scheme.model.model_dump(mode="json", by_alias=True, exclude_none=True) == model
