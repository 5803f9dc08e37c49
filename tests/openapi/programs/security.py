"""This program asks for credentials in every way that OpenAPI can describe."""

from typing import Annotated

from zonda import Depends, Security, Zonda
from zonda.security import (
    APIKeyCookie,
    APIKeyHeader,
    APIKeyQuery,
    HTTPBasic,
    HTTPBearer,
    HTTPDigest,
    OAuth2AuthorizationCodeBearer,
    OAuth2PasswordBearer,
    OAuth2PasswordRequestForm,
    OpenIdConnect,
    SecurityScopes,
)

app = Zonda()
password = OAuth2PasswordBearer("token", scopes={"me": "Read yourself", "items": "Read items"})
code = OAuth2AuthorizationCodeBearer("https://auth.example/authorize", "https://auth.example/token", refreshUrl="/r")


def current_user(scopes: SecurityScopes, token: Annotated[str, Depends(password)]) -> str:
    return token


def active_user(user: Annotated[str, Security(current_user, scopes=["me"])]) -> str:
    return user


@app.post("/token")
def token(form: Annotated[OAuth2PasswordRequestForm, Depends()]): ...


@app.get("/me")
def me(user: Annotated[str, Security(active_user)]): ...


@app.get("/items", dependencies=[Depends(HTTPBasic(realm="here", description="Name and password"))])
def items(
    user: Annotated[str, Security(active_user, scopes=["items", "me"])],
    again: Annotated[str, Security(active_user, scopes=["more"])],
): ...


@app.get("/code")
def by_code(token: Annotated[str, Security(code, scopes=["items"])]): ...


@app.get("/keys")
def keys(
    query: Annotated[str, Depends(APIKeyQuery(name="key"))],
    header: Annotated[str, Depends(APIKeyHeader(name="X-Key", scheme_name="Key in a header"))],
    cookie: Annotated[str, Depends(APIKeyCookie(name="key", auto_error=False))],
): ...


@app.get("/http", dependencies=[Depends(HTTPDigest()), Depends(OpenIdConnect(openIdConnectUrl="/openid"))])
def http(bearer: Annotated[object, Depends(HTTPBearer(bearerFormat="JWT"))]): ...
