"""This module holds what tells a dependency which OAuth2 scopes an operation asks for."""

__all__ = ["SecurityScopes"]


class SecurityScopes:
    """Declared as a parameter of a dependency: the scopes that the operation asks for, outermost `Security` first."""

    def __init__(self, scopes: list[str] | None = None) -> None:
        self.scopes: list[str] = scopes or []
        self.scope_str: str = " ".join(self.scopes)
        """As the `WWW-Authenticate` header spells them."""
