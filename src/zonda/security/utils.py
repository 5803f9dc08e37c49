"""This module parses the `Authorization` header."""

__all__ = ["get_authorization_scheme_param"]


def get_authorization_scheme_param(authorization_header_value: str | None) -> tuple[str, str]:
    """The scheme and what follows it: `"Bearer abc"` gives `("Bearer", "abc")`; empty strings for what is missing."""
    scheme, _, param = (authorization_header_value or "").partition(" ")
    return scheme, param.strip()
