"""This module holds what every security scheme is: a dependency that OpenAPI knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException

if TYPE_CHECKING:
    from zonda.security import models

__all__ = ["SecurityBase"]


class SecurityBase:
    """A dependency that reads credentials from a connection and describes itself in OpenAPI.

    Subclass it for a scheme of your own: set `model` and `scheme_name`, and write `__call__`.
    """

    model: models.SecurityBase
    scheme_name: str
    auto_error: bool = True

    def make_not_authenticated_error(self) -> HTTPException:
        """What is raised when credentials are missing; override it to answer otherwise."""
        return HTTPException(status_code=401, detail="Not authenticated")

    def _refuse(self) -> None:
        """Raise, or with `auto_error=False` leave it to the application to deal with None."""
        if self.auto_error:
            raise self.make_not_authenticated_error()
