"""This package holds the security schemes: dependencies that read credentials and describe themselves in OpenAPI."""

from typing import TYPE_CHECKING

from zonda.late import late_names

if TYPE_CHECKING:
    from zonda.security.api_key import APIKeyCookie, APIKeyHeader, APIKeyQuery
    from zonda.security.http import (
        HTTPAuthorizationCredentials,
        HTTPBasic,
        HTTPBasicCredentials,
        HTTPBearer,
        HTTPDigest,
    )
    from zonda.security.oauth2 import (
        OAuth2,
        OAuth2AuthorizationCodeBearer,
        OAuth2PasswordBearer,
        OAuth2PasswordRequestForm,
        OAuth2PasswordRequestFormStrict,
    )
    from zonda.security.open_id_connect_url import OpenIdConnect
    from zonda.security.scopes import SecurityScopes

__all__ = [
    "APIKeyCookie",
    "APIKeyHeader",
    "APIKeyQuery",
    "HTTPAuthorizationCredentials",
    "HTTPBasic",
    "HTTPBasicCredentials",
    "HTTPBearer",
    "HTTPDigest",
    "OAuth2",
    "OAuth2AuthorizationCodeBearer",
    "OAuth2PasswordBearer",
    "OAuth2PasswordRequestForm",
    "OAuth2PasswordRequestFormStrict",
    "OpenIdConnect",
    "SecurityScopes",
]

__getattr__, __dir__ = late_names(
    __name__,
    {
        "zonda.security.api_key": "APIKeyCookie APIKeyHeader APIKeyQuery",
        "zonda.security.http": "HTTPAuthorizationCredentials HTTPBasic HTTPBasicCredentials HTTPBearer HTTPDigest",
        "zonda.security.oauth2": (
            "OAuth2 OAuth2AuthorizationCodeBearer OAuth2PasswordBearer OAuth2PasswordRequestForm "
            "OAuth2PasswordRequestFormStrict"
        ),
        "zonda.security.open_id_connect_url": "OpenIdConnect",
        "zonda.security.scopes": "SecurityScopes",
    },
)
