"""The security schemes read credentials, challenge, and appear in the document."""

import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import jwt
import pytest
from pwdlib import PasswordHash

from zonda import Depends, HTTPException, Security, Zonda
from zonda.security import (
    APIKeyCookie,
    APIKeyHeader,
    APIKeyQuery,
    HTTPAuthorizationCredentials,
    HTTPBasic,
    HTTPBasicCredentials,
    HTTPBearer,
    OAuth2PasswordBearer,
    OAuth2PasswordRequestForm,
    SecurityScopes,
)
from zonda.testclient import TestClient

KEY = "a key of at least thirty-two bytes, for HS256"


def serve(scheme: Callable[..., Any]) -> TestClient:
    app = Zonda()

    @app.get("/")
    def endpoint(credentials: Annotated[Any, Security(scheme)]) -> Any:
        return credentials

    return TestClient(app)


def test_a_bearer_token() -> None:
    """The token without its scheme; without one 401 with a challenge."""
    client = serve(OAuth2PasswordBearer(tokenUrl="token"))
    refused = client.get("/")

    assert client.get("/", headers={"Authorization": "Bearer abc"}).json() == "abc"
    assert (refused.status_code, refused.json(), refused.headers["www-authenticate"]) == (
        401, {"detail": "Not authenticated"}, "Bearer"
    )  # fmt: skip


def test_the_password_form_gives_a_token() -> None:
    """The form is a form, never JSON; its scope is split; the answer is a token."""
    app = Zonda()

    @app.post("/token")
    def token(form: Annotated[OAuth2PasswordRequestForm, Depends()]) -> dict[str, Any]:
        return {"access_token": f"{form.username}/{'+'.join(form.scopes)}", "token_type": "bearer"}

    client = TestClient(app)
    fields = {"username": "ada", "password": "x", "scope": "read write"}

    assert client.post("/token", data=fields).json() == {"access_token": "ada/read+write", "token_type": "bearer"}
    assert client.post("/token", json=fields).status_code == 422


def secured() -> Zonda:
    """The tutorial's application: JWTs with scopes."""
    app = Zonda()
    scheme = OAuth2PasswordBearer(tokenUrl="token", scopes={"me": "Read yourself.", "items": "Read items."})
    revoked: set[str] = set()

    def get_user(scopes: SecurityScopes, token: Annotated[str, Depends(scheme)]) -> dict[str, Any]:
        challenge = f'Bearer scope="{scopes.scope_str}"' if scopes.scopes else "Bearer"
        refused = HTTPException(401, "Could not validate credentials", {"WWW-Authenticate": challenge})
        try:
            claims: dict[str, Any] = jwt.decode(token, KEY, ["HS256"], options={"require": ["sub", "exp"]})
        except jwt.InvalidTokenError:
            raise refused from None
        if claims.get("jti") in revoked:
            raise refused
        if missing := [scope for scope in scopes.scopes if scope not in claims.get("scopes", [])]:
            raise HTTPException(403, f"Missing {missing}", {"WWW-Authenticate": challenge})
        return claims

    def get_active_user(user: Annotated[dict[str, Any], Security(get_user, scopes=["me"])]) -> dict[str, Any]:
        if user.get("disabled"):
            raise HTTPException(400, "Inactive user")
        return user

    @app.get("/items")
    def items(user: Annotated[dict[str, Any], Security(get_active_user, scopes=["items"])]) -> str:
        return str(user["sub"])

    @app.post("/logout")
    def logout(user: Annotated[dict[str, Any], Depends(get_user)]) -> None:
        revoked.add(user["jti"])

    return app


def bearer(key: str = KEY, minutes: int = 5, **claims: Any) -> dict[str, str]:
    claims = {"sub": "ada", "scopes": ["me", "items"], "jti": secrets.token_hex(4)} | claims
    body = {k: v for k, v in claims.items() if v is not None} | {"exp": datetime.now(UTC) + timedelta(minutes=minutes)}
    return {"Authorization": "Bearer " + jwt.encode(body, key, "HS256")}


def test_a_token_is_checked() -> None:
    """A good token is let in; an expired, tampered, foreign or nameless one is not."""
    client = TestClient(secured())
    tampered = {"Authorization": bearer()["Authorization"][:-2] + "xx"}

    assert client.get("/items", headers=bearer()).json() == "ada"
    for wrong in (
        bearer(minutes=-1),
        tampered,
        bearer(key="another key of thirty-two bytes or more"),
        bearer(sub=None),
    ):
        assert client.get("/items", headers=wrong).status_code == 401


def test_scopes_add_up_along_the_chain() -> None:
    """All scopes from the outermost Security inward are required, and the challenge names them."""
    client = TestClient(secured())
    refused = client.get("/items", headers=bearer(scopes=["items"]))

    assert (refused.status_code, refused.json()) == (403, {"detail": "Missing ['me']"})
    assert refused.headers["www-authenticate"] == 'Bearer scope="items me"'


def test_inactive_and_logged_out_users() -> None:
    """What the application refuses by itself is answered as it says; a revoked token is refused afterwards."""
    client, token = TestClient(secured()), bearer()

    assert client.get("/items", headers=bearer(disabled=True)).json() == {"detail": "Inactive user"}
    assert client.get("/items", headers=token).status_code == 200
    client.post("/logout", headers=token)
    assert client.get("/items", headers=token).status_code == 401


def test_basic_credentials() -> None:
    """Name and password are decoded, compared in constant time, and challenged for."""

    def check(credentials: Annotated[HTTPBasicCredentials, Depends(HTTPBasic())]) -> str:
        if not secrets.compare_digest(credentials.password.encode(), b"password"):
            raise HTTPException(401, "wrong", {"WWW-Authenticate": "Basic"})
        return credentials.username

    client = serve(check)

    assert client.get("/", auth=("ada", b"password")).json() == "ada"
    assert client.get("/", auth=("ada", "wrong")).json() == {"detail": "wrong"}
    assert (client.get("/").status_code, client.get("/").headers["www-authenticate"]) == (401, "Basic")


def test_bearer_credentials() -> None:
    """HTTPBearer gives scheme and credentials; 401 without them, 403 is the endpoint's to say."""

    def check(credentials: Annotated[HTTPAuthorizationCredentials, Depends(HTTPBearer())]) -> list[str]:
        if credentials.credentials == "guest":
            raise HTTPException(403, "not you")
        return [credentials.scheme, credentials.credentials]

    client = serve(check)

    assert client.get("/", headers={"Authorization": "Bearer t"}).json() == ["Bearer", "t"]
    assert [client.get("/", headers=h).status_code for h in ({}, {"Authorization": "Bearer guest"})] == [401, 403]


@pytest.mark.parametrize(
    ("scheme", "request_"),
    [
        (APIKeyHeader, {"headers": {"key": "k"}}),
        (APIKeyQuery, {"params": {"key": "k"}}),
        (APIKeyCookie, {"headers": {"cookie": "key=k"}}),
    ],
)
def test_api_keys(scheme: Any, request_: dict[str, Any]) -> None:
    """A key is read from its place; without one 401, or None with auto_error=False."""
    strict, lenient = serve(scheme(name="key")), serve(scheme(name="key", auto_error=False))

    assert strict.get("/", **request_).json() == "k"
    assert (strict.get("/").status_code, lenient.get("/").json()) == (401, None)


def test_schemes_are_in_the_document() -> None:
    """The schemes, their flows with scopes, and what each operation needs are in OpenAPI, for the Authorize dialog."""
    document = secured().openapi()

    assert document["components"]["securitySchemes"]["OAuth2PasswordBearer"] == {
        "type": "oauth2",
        "flows": {"password": {"tokenUrl": "token", "scopes": {"me": "Read yourself.", "items": "Read items."}}},
    }
    assert document["paths"]["/items"]["get"]["security"] == [{"OAuth2PasswordBearer": ["items", "me"]}]


def test_the_page_keeps_the_token_on_request() -> None:
    """persistAuthorization reaches Swagger UI."""
    app = Zonda(swagger_ui_parameters={"persistAuthorization": True})

    assert '"persistAuthorization": true' in TestClient(app).get("/docs").text


def test_passwords_are_hashed_by_the_fields_library() -> None:
    """An endpoint hashes and verifies with Argon2 in its thread."""
    hashes = PasswordHash.recommended()
    client = serve(lambda: hashes.verify("secret", hashes.hash("secret")))

    assert client.get("/").json() is True
