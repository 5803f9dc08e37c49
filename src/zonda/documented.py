"""This module holds the part of an application that is its OpenAPI document and the pages that show it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.routing import BaseRoute

from zonda.openapi.addresses import Addresses
from zonda.openapi.document import Document, encode_document
from zonda.routing import APIRouter

if TYPE_CHECKING:
    from zonda.openapi.pages import Page


class Documented:
    """An application with a document. Its options are the attributes; they may be changed until it is asked for."""

    title: str
    summary: str | None
    description: str
    version: str
    terms_of_service: str | None
    contact: dict[str, Any] | None
    license_info: dict[str, Any] | None
    openapi_url: str | None
    openapi_tags: list[dict[str, Any]] | None
    openapi_version: str
    openapi_external_docs: dict[str, Any] | None
    servers: list[dict[str, Any]]
    root_path_in_servers: bool
    docs_url: str | None
    redoc_url: str | None
    scalar_url: str | None
    swagger_ui_oauth2_redirect_url: str | None
    swagger_ui_init_oauth: dict[str, Any] | None
    swagger_ui_parameters: dict[str, Any] | None
    separate_input_output_schemas: bool
    corrections: bool
    problem_details: bool
    routes: list[BaseRoute]
    router: APIRouter
    webhooks: APIRouter

    def keep_document(self) -> None:
        """Have a document from now on.

        Raises AssertionError where it would lack what OpenAPI asks for.
        """
        self._document = Document(self._generate_openapi, self._openapi_version)
        self._check_options()

    def _check_options(self) -> None:
        if not self.openapi_url:
            return
        if not self.title:
            raise AssertionError("A title must be provided for OpenAPI, e.g.: 'My API'")
        if not self.version:
            raise AssertionError("A version must be provided for OpenAPI, e.g.: '2.1.0'")

    def setup(self) -> None:
        """Offer the OpenAPI document and its pages; they come after every route."""
        self._addresses = Addresses(self)
        self._built_pages: tuple[Page, ...] | None = None
        self.router.page_paths = self._page_paths

    @property
    def _pages(self) -> tuple[Page, ...]:
        """The document and its pages, made when they are first needed: many programs only declare."""
        if self._built_pages is None:
            from zonda.openapi.pages import documentation_pages

            self._built_pages = documentation_pages(self, self._addresses, self._openapi_content)
        return self._built_pages

    def _page_paths(self) -> dict[str, str]:
        return {page.name: page.path for page in self._pages}

    @property
    def openapi_schema(self) -> dict[str, Any] | None:
        """The document that was handed out by `openapi()`, or put here."""
        return self._document.schema

    @openapi_schema.setter
    def openapi_schema(self, schema: dict[str, Any] | None) -> None:
        self._document.schema = schema

    def openapi(self) -> dict[str, Any]:
        """The OpenAPI document of the application as a dict."""
        return self._document.read()

    def _openapi_version(self) -> object:
        return self.router._get_routes_version(), self.webhooks._get_routes_version()

    def _generate_openapi(self) -> dict[str, Any]:
        from zonda.openapi.utils import get_openapi

        return get_openapi(
            title=self.title,
            version=self.version,
            openapi_version=self.openapi_version,
            summary=self.summary,
            description=self.description,
            terms_of_service=self.terms_of_service,
            contact=self.contact,
            license_info=self.license_info,
            routes=self.routes,
            webhooks=self.webhooks.routes,
            tags=self.openapi_tags,
            servers=self.servers,
            separate_input_output_schemas=self.separate_input_output_schemas,
            external_docs=self.openapi_external_docs,
            corrections=self.corrections,
            problem_details=self.problem_details,
        )

    def _openapi_content(self, root_path: str) -> bytes:
        """The document as bytes; through `openapi()` where an application has its own."""
        if type(self).openapi is Documented.openapi and "openapi" not in vars(self):
            return self._document.content(root_path)
        return encode_document(self.openapi(), root_path)

    # Being called
