"""This module keeps where the document and its pages were put when the application was made."""

from __future__ import annotations

from typing import Any


class Addresses:
    """The paths; None for what the application does without."""

    __slots__ = ("docs", "openapi", "redirect", "redoc", "scalar")

    def __init__(self, app: Any) -> None:
        self.openapi: str | None = app.openapi_url
        self.docs: str | None = app.docs_url
        self.redirect: str | None = app.swagger_ui_oauth2_redirect_url
        self.redoc: str | None = app.redoc_url
        self.scalar: str | None = app.scalar_url
