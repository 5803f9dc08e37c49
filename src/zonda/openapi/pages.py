"""This module answers for the documentation: the document, the three pages and the assets they load.

    openapi_url               the document
    docs_url                  Swagger UI
    ├── /assets/swagger-ui-dist@.../
    └── oauth2-redirect       at swagger_ui_oauth2_redirect_url
    redoc_url                 ReDoc
    └── /assets/redoc@.../
    scalar_url                Scalar
    └── /assets/scalar-api-reference@.../

Every page is a responder for one exact path. The document stands before the routes of the application, as in FastAPI:
tools find it below a route that catches everything. Pages and assets come last: any route of the user wins.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import quote

from starlette.responses import HTMLResponse

from zonda.concurrency import run_in_threadpool
from zonda.openapi.addresses import Addresses
from zonda.openapi.docs import (
    get_redoc_html,
    get_scalar_html,
    get_swagger_ui_html,
    get_swagger_ui_oauth2_redirect_html,
    scalar_offline_parameters,
)
from zonda.openapi.vendored import Asset, asset, asset_content
from zonda.seams import Exchange, Head, Reply, Responder

PAGE_METHODS = ("GET", "HEAD")

_FAVICON = ("zonda", "favicon.svg")


class Documented(Protocol):
    """An application as its pages see it. It is asked at each request: titles and options may change."""

    title: str
    openapi_url: str | None
    docs_url: str | None
    redoc_url: str | None
    scalar_url: str | None
    swagger_ui_oauth2_redirect_url: str | None
    swagger_ui_init_oauth: dict[str, Any] | None
    swagger_ui_parameters: dict[str, Any] | None
    root_path_in_servers: bool


@dataclass(frozen=True, slots=True)
class Page:
    """One address of the documentation, for GET and HEAD."""

    path: str
    """A path template like a route's; the assets have none of the parameters that it might contain."""
    name: str
    respond: Responder
    comes_first: bool = False
    """Before all routes instead of after them."""


def documentation_pages(app: Documented, addresses: Addresses, content: Callable[[str], bytes]) -> tuple[Page, ...]:
    """All that the application offers about itself; `content` gives the document for a root path."""
    if not addresses.openapi:
        return ()
    pages = [Page(addresses.openapi, "openapi", _document(app, content), comes_first=True)]
    if addresses.docs:
        pages += _swagger_ui(app, addresses.docs, addresses.redirect)
    if addresses.redoc:
        pages += _redoc(app, addresses.redoc)
    if addresses.scalar:
        pages += _scalar(app, addresses.scalar)
    return tuple(pages)


# The document


def _document(app: Documented, content: Callable[[str], bytes]) -> Responder:
    head = Head(200, ((b"content-type", b"application/json"),))

    async def openapi(exchange: Exchange) -> Reply:
        root_path = _root_path(exchange) if app.root_path_in_servers else ""
        return Reply(head, content(root_path))

    return openapi


# The pages


def _swagger_ui(app: Documented, docs_url: str, redirect_path: str | None) -> Iterator[Page]:
    script = asset("swagger-ui-dist", "swagger-ui-bundle.js")
    style = asset("swagger-ui-dist", "swagger-ui.css")
    icon = asset(*_FAVICON)

    async def swagger_ui_html(exchange: Exchange) -> Reply:
        root_path = _root_path(exchange)
        folder = _assets_url(exchange)
        redirect_url = app.swagger_ui_oauth2_redirect_url
        return _html(
            get_swagger_ui_html(
                openapi_url=f"{root_path}{app.openapi_url}",
                title=f"{app.title} - Swagger UI",
                swagger_js_url=folder + script.url,
                swagger_css_url=folder + style.url,
                swagger_favicon_url=folder + icon.url,
                oauth2_redirect_url=root_path + redirect_url if redirect_url else None,
                init_oauth=app.swagger_ui_init_oauth,
                swagger_ui_parameters=app.swagger_ui_parameters,
            )
        )

    async def swagger_ui_redirect(exchange: Exchange) -> Reply:
        return _html(get_swagger_ui_oauth2_redirect_html())

    yield Page(docs_url, "swagger_ui_html", swagger_ui_html)
    if redirect_path:
        yield Page(redirect_path, "swagger_ui_redirect", swagger_ui_redirect)
    yield from _asset_pages(docs_url, script, style, icon)


def _redoc(app: Documented, redoc_url: str) -> Iterator[Page]:
    script = asset("redoc", "redoc.standalone.js")
    icon = asset(*_FAVICON)

    async def redoc_html(exchange: Exchange) -> Reply:
        folder = _assets_url(exchange)
        return _html(
            get_redoc_html(
                openapi_url=f"{_root_path(exchange)}{app.openapi_url}",
                title=f"{app.title} - ReDoc",
                redoc_js_url=folder + script.url,
                redoc_favicon_url=folder + icon.url,
                with_google_fonts=False,
            )
        )

    yield Page(redoc_url, "redoc_html", redoc_html)
    yield from _asset_pages(redoc_url, script, icon)


def _scalar(app: Documented, scalar_url: str) -> Iterator[Page]:
    script = asset("@scalar/api-reference", "standalone.js")
    icon = asset(*_FAVICON)

    async def scalar_html(exchange: Exchange) -> Reply:
        folder = _assets_url(exchange)
        return _html(
            get_scalar_html(
                openapi_url=f"{_root_path(exchange)}{app.openapi_url}",
                title=f"{app.title} - Scalar",
                scalar_js_url=folder + script.url,
                scalar_favicon_url=folder + icon.url,
                scalar_parameters=scalar_offline_parameters,
            )
        )

    yield Page(scalar_url, "scalar_html", scalar_html)
    yield from _asset_pages(scalar_url, script, icon)


def _root_path(exchange: Exchange) -> str:
    return exchange.root_path.rstrip("/")


def _assets_url(exchange: Exchange) -> str:
    """Where the assets of the page are that is asked for: under its own path, wherever it is mounted."""
    root_path = _root_path(exchange)
    path = exchange.path.rstrip("/")
    if path.startswith(root_path + "/"):
        path = path.removeprefix(root_path)
    return quote(f"{root_path}{path}/assets/")


def _html(response: HTMLResponse) -> Reply:
    headers = tuple((name, value) for name, value in response.raw_headers if name != b"content-length")
    return Reply(Head(response.status_code, headers), bytes(response.body))


# The assets


def _asset_pages(page_url: str, *assets: Asset) -> Iterator[Page]:
    for item in assets:
        yield Page(f"{page_url.rstrip('/')}/assets/{item.url}", f"asset:{item.url}", _asset(item))


def _asset(item: Asset) -> Responder:
    heads = {compressed: _asset_head(item, compressed=compressed) for compressed in (False, True)}

    async def asset_file(exchange: Exchange) -> Reply:
        compressed = "gzip" in exchange.header_map.get("accept-encoding", "")
        head = heads[compressed]
        if _etag(item, compressed=compressed) in exchange.header_map.get("if-none-match", ""):
            return Reply(Head(304, head.headers))
        return Reply(head, await run_in_threadpool(asset_content, item, compressed=compressed))

    return asset_file


def _asset_head(item: Asset, *, compressed: bool) -> Head:
    headers = {
        "content-type": item.media_type,
        "cache-control": "public, max-age=31536000, immutable",
        "etag": _etag(item, compressed=compressed),
        "vary": "Accept-Encoding",
    }
    if compressed:
        headers["content-encoding"] = "gzip"
    return Head(200, tuple((name.encode(), value.encode()) for name, value in headers.items()))


def _etag(item: Asset, *, compressed: bool) -> str:
    """Each encoding has a tag of its own, as HTTP asks of strong tags."""
    return f'"{item.sha256[:16]}{"-gzip" if compressed else ""}"'
