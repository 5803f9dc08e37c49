"""The functions that write documentation pages, called by users with their own addresses."""

import inspect
import json
import re
from typing import Any

import pytest

from zonda.openapi.docs import (
    get_redoc_html,
    get_scalar_html,
    get_swagger_ui_html,
    get_swagger_ui_oauth2_redirect_html,
    swagger_ui_default_parameters,
)

FAVICON = "https://fastapi.tiangolo.com/img/favicon.png"


def text_of(response: Any) -> str:
    return bytes(response.body).decode()


@pytest.mark.parametrize(
    ("function", "defaults"),
    [
        (
            get_swagger_ui_html,
            {
                "swagger_js_url": "https://cdn.jsdelivr.net/npm/swagger-ui-dist@5/swagger-ui-bundle.js",
                "swagger_css_url": "https://cdn.jsdelivr.net/npm/swagger-ui-dist@5/swagger-ui.css",
                "swagger_favicon_url": FAVICON,
                "oauth2_redirect_url": None,
                "init_oauth": None,
                "swagger_ui_parameters": None,
            },
        ),
        (
            get_redoc_html,
            {
                "redoc_js_url": "https://cdn.jsdelivr.net/npm/redoc@2/bundles/redoc.standalone.js",
                "redoc_favicon_url": FAVICON,
                "with_google_fonts": True,
            },
        ),
    ],
)
def test_signatures_are_fastapis(function: Any, defaults: dict[str, Any]) -> None:
    """Applications that call these functions get the defaults that they have on FastAPI."""
    parameters = inspect.signature(function).parameters

    assert list(parameters) == ["openapi_url", "title", *defaults]
    assert {name: parameters[name].default for name in defaults} == defaults


def test_addresses_are_in_the_page() -> None:
    """The page loads from where the caller says."""
    swagger = text_of(
        get_swagger_ui_html(
            openapi_url="/api.json",
            title="Shop",
            swagger_js_url="/my.js",
            swagger_css_url="/my.css",
            swagger_favicon_url="/my.png",
            oauth2_redirect_url="/back",
        )
    )

    assert "url: '/api.json'," in swagger
    assert 'src="/my.js"' in swagger
    assert 'href="/my.css"' in swagger
    assert 'href="/my.png"' in swagger
    assert "oauth2RedirectUrl: window.location.origin + '/back'," in swagger


def test_options_replace_the_defaults_one_by_one() -> None:
    """`swagger_ui_parameters` adds to the defaults; only what it names is replaced."""
    swagger = text_of(
        get_swagger_ui_html(
            openapi_url="/", title="", swagger_ui_parameters={"deepLinking": False, "syntaxHighlight": {"theme": "x"}}
        )
    )

    assert '"deepLinking": false,' in swagger
    assert '"deepLinking": true' not in swagger
    assert '"syntaxHighlight": {"theme": "x"},' in swagger
    assert '"layout": "BaseLayout",' in swagger
    assert swagger_ui_default_parameters["deepLinking"] is True


EVIL = "</script><script>alert('1')</script>"


@pytest.mark.parametrize(
    "page",
    [
        get_swagger_ui_html(
            openapi_url=EVIL, title=EVIL, oauth2_redirect_url=EVIL, init_oauth={"a": EVIL}, swagger_js_url=EVIL
        ),
        get_swagger_ui_html(openapi_url="/", title="", swagger_ui_parameters={EVIL: EVIL}),
        get_redoc_html(openapi_url=EVIL, title=EVIL, redoc_js_url=EVIL),
        get_scalar_html(openapi_url=EVIL, title=EVIL, scalar_js_url=EVIL, scalar_parameters={EVIL: EVIL}),
    ],
)
def test_no_text_can_leave_its_place(page: Any) -> None:
    """Titles, addresses and options cannot bring markup or script of their own."""
    assert "<script>alert" not in text_of(page)


def test_no_address_can_leave_its_string() -> None:
    """An address stays inside the quotes that it stands in."""
    page = text_of(get_swagger_ui_html(openapi_url="'+alert(1)+'", title="", oauth2_redirect_url="'+alert(2)+'"))

    assert "'+alert" not in page.replace("origin + '", "")


def test_oauth_is_started_only_when_it_is_configured() -> None:
    """Without `init_oauth` Swagger UI is not told about OAuth."""
    with_oauth = text_of(get_swagger_ui_html(openapi_url="/", title="", init_oauth={"clientId": "me"}))
    without = text_of(get_swagger_ui_html(openapi_url="/", title=""))

    assert 'ui.initOAuth({"clientId": "me"})' in with_oauth
    assert "initOAuth" not in without


def test_redoc_can_do_without_other_hosts_fonts() -> None:
    """`with_google_fonts=False` leaves the fonts out."""
    assert "fonts.googleapis.com" in text_of(get_redoc_html(openapi_url="/", title=""))
    assert "fonts.googleapis.com" not in text_of(get_redoc_html(openapi_url="/", title="", with_google_fonts=False))


def test_scalar_gets_its_configuration() -> None:
    """The document's address and the caller's options arrive in one object."""
    page = text_of(get_scalar_html(openapi_url="/api.json", title="", scalar_parameters={"theme": "moon"}))

    configuration = re.search(r'createApiReference\("#scalar", (.*)\);', page)

    assert configuration is not None
    assert json.loads(configuration[1]) == {"url": "/api.json", "theme": "moon"}


def test_the_redirect_page_hands_the_answer_to_its_opener() -> None:
    """After logging in elsewhere the browser comes back to this page."""
    assert "window.opener.swaggerUIRedirectOauth2" in text_of(get_swagger_ui_oauth2_redirect_html())
