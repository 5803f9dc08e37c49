"""This module holds OAuth2: the flows, the form in which a password is sent for a token, and scopes."""

from typing import Annotated, Any, cast

from starlette.requests import HTTPConnection

from zonda.exceptions import HTTPException
from zonda.param_functions import Form
from zonda.security.base import SecurityBase
from zonda.security.models import OAuth2 as OAuth2Model
from zonda.security.models import OAuthFlows as OAuthFlowsModel
from zonda.security.scopes import SecurityScopes
from zonda.security.utils import get_authorization_scheme_param

__all__ = [
    "OAuth2",
    "OAuth2AuthorizationCodeBearer",
    "OAuth2PasswordBearer",
    "OAuth2PasswordRequestForm",
    "OAuth2PasswordRequestFormStrict",
    "SecurityScopes",
]


class OAuth2PasswordRequestForm:
    """The form of OAuth2's password flow, as a dependency.

    ```python
    @app.post("/login")
    async def login(form: Annotated[OAuth2PasswordRequestForm, Depends()]):
        user = await authenticate(form.username, form.password)
    ```

    The standard calls the fields so; `scope` arrives as one string and is split into `scopes`. It also demands
    `grant_type=password`, which this class does not insist on: see `OAuth2PasswordRequestFormStrict`.
    """

    def __init__(
        self,
        *,
        grant_type: Annotated[str | None, Form(pattern="^password$")] = None,
        username: Annotated[str, Form()],
        password: Annotated[str, Form(json_schema_extra={"format": "password"})],
        scope: Annotated[str, Form()] = "",
        client_id: Annotated[str | None, Form()] = None,
        client_secret: Annotated[str | None, Form(json_schema_extra={"format": "password"})] = None,
    ) -> None:
        self.grant_type = grant_type
        self.username = username
        self.password = password
        self.scopes = scope.split()
        self.client_id = client_id
        self.client_secret = client_secret


class OAuth2PasswordRequestFormStrict(OAuth2PasswordRequestForm):
    """The same form, which must say `grant_type=password`."""

    def __init__(
        self,
        grant_type: Annotated[str, Form(pattern="^password$")],
        username: Annotated[str, Form()],
        password: Annotated[str, Form()],
        scope: Annotated[str, Form()] = "",
        client_id: Annotated[str | None, Form()] = None,
        client_secret: Annotated[str | None, Form()] = None,
    ) -> None:
        super().__init__(
            grant_type=grant_type,
            username=username,
            password=password,
            scope=scope,
            client_id=client_id,
            client_secret=client_secret,
        )


class OAuth2(SecurityBase):
    """Any OAuth2 flow; gives the whole `Authorization` header."""

    model: OAuth2Model

    def __init__(
        self,
        *,
        flows: OAuthFlowsModel | dict[str, dict[str, Any]] = OAuthFlowsModel(),  # noqa: B008  (never changed)
        scheme_name: str | None = None,
        description: str | None = None,
        auto_error: bool = True,
    ) -> None:
        self.model = OAuth2Model(flows=cast("OAuthFlowsModel", flows), description=description)
        self.scheme_name = scheme_name or type(self).__name__
        self.auto_error = auto_error

    def make_not_authenticated_error(self) -> HTTPException:
        """401 with the challenge `Bearer`: the standard asks for one and OAuth2 has no other."""
        return HTTPException(status_code=401, detail="Not authenticated", headers={"WWW-Authenticate": "Bearer"})

    async def __call__(self, request: HTTPConnection) -> str | None:
        authorization = request.headers.get("Authorization")
        if not authorization:
            self._refuse()
            return None
        return authorization

    def _bearer_token(self, request: HTTPConnection) -> str | None:
        scheme, token = get_authorization_scheme_param(request.headers.get("Authorization"))
        if scheme.lower() != "bearer":
            self._refuse()
            return None
        return token


class OAuth2PasswordBearer(OAuth2):
    """A bearer token that `tokenUrl` gave for a name and a password; the token alone is the dependency's value."""

    def __init__(
        self,
        tokenUrl: str,  # noqa: N803  (OpenAPI's names)
        scheme_name: str | None = None,
        scopes: dict[str, str] | None = None,
        description: str | None = None,
        auto_error: bool = True,
        refreshUrl: str | None = None,  # noqa: N803  (OpenAPI's name)
    ) -> None:
        flow = {"tokenUrl": tokenUrl, "refreshUrl": refreshUrl, "scopes": scopes or {}}
        super().__init__(
            flows={"password": flow}, scheme_name=scheme_name, description=description, auto_error=auto_error
        )

    async def __call__(self, request: HTTPConnection) -> str | None:
        return self._bearer_token(request)


class OAuth2AuthorizationCodeBearer(OAuth2):
    """A bearer token that an authorization server gave for a code."""

    def __init__(
        self,
        authorizationUrl: str,  # noqa: N803  (OpenAPI's names)
        tokenUrl: str,  # noqa: N803  (OpenAPI's name)
        refreshUrl: str | None = None,  # noqa: N803  (OpenAPI's name)
        scheme_name: str | None = None,
        scopes: dict[str, str] | None = None,
        description: str | None = None,
        auto_error: bool = True,
    ) -> None:
        flow = {
            "authorizationUrl": authorizationUrl,
            "tokenUrl": tokenUrl,
            "refreshUrl": refreshUrl,
            "scopes": scopes or {},
        }
        super().__init__(
            flows={"authorizationCode": flow}, scheme_name=scheme_name, description=description, auto_error=auto_error
        )

    async def __call__(self, request: HTTPConnection) -> str | None:
        return self._bearer_token(request)
