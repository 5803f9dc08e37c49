"""This module writes the HTML pages that show an OpenAPI document: Swagger UI, ReDoc and Scalar.

The functions are FastAPI's, with its defaults: scripts and styles come from a public CDN. The pages that an
application serves by itself pass the addresses of the assets in the package instead (see `pages.py`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from html import escape
from typing import Any

from starlette.responses import HTMLResponse

from zonda.encoders import jsonable_encoder

FAVICON_URL = "https://fastapi.tiangolo.com/img/favicon.png"

swagger_ui_default_parameters: dict[str, Any] = {
    "dom_id": "#swagger-ui",
    "layout": "BaseLayout",
    "deepLinking": True,
    "showExtensions": True,
    "showCommonExtensions": True,
}
"""The options that Swagger UI starts with; `swagger_ui_parameters` adds to them and replaces them."""

scalar_offline_parameters: dict[str, Any] = {
    "withDefaultFonts": False,
    "telemetry": False,
    "agent": {"disabled": True},
    "mcp": {"disabled": True},
    "showDeveloperTools": "never",
    "hideClientButton": True,
}
"""The options with which Scalar asks no other host for anything."""

_HTML_ESCAPES = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026"}
_STRING_ESCAPES = {**_HTML_ESCAPES, ord("'"): "\\u0027"}


def _script_json(value: Any) -> str:
    """JSON that cannot end the script element it stands in."""
    return json.dumps(jsonable_encoder(value)).translate(_HTML_ESCAPES)


def _script_string(text: str) -> str:
    """The inside of a single-quoted JavaScript string."""
    return json.dumps(text)[1:-1].replace('\\"', '"').translate(_STRING_ESCAPES)


def get_swagger_ui_html(
    *,
    openapi_url: str,
    title: str,
    swagger_js_url: str = "https://cdn.jsdelivr.net/npm/swagger-ui-dist@5/swagger-ui-bundle.js",
    swagger_css_url: str = "https://cdn.jsdelivr.net/npm/swagger-ui-dist@5/swagger-ui.css",
    swagger_favicon_url: str = FAVICON_URL,
    oauth2_redirect_url: str | None = None,
    init_oauth: dict[str, Any] | None = None,
    swagger_ui_parameters: dict[str, Any] | None = None,
) -> HTMLResponse:
    """The page that lets a reader try the operations out with Swagger UI."""
    parameters = swagger_ui_default_parameters | (swagger_ui_parameters or {})
    options = [f"url: '{_script_string(openapi_url)}',"]
    options += [f"{_script_json(key)}: {_script_json(value)}," for key, value in parameters.items()]
    if oauth2_redirect_url:
        options.append(f"oauth2RedirectUrl: window.location.origin + '{_script_string(oauth2_redirect_url)}',")
    started = f"ui.initOAuth({_script_json(init_oauth)});" if init_oauth else ""
    option_lines = "\n      ".join(options)
    return HTMLResponse(f"""<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>{escape(title)}</title>
    <link rel="stylesheet" type="text/css" href="{escape(swagger_css_url)}">
    <link rel="shortcut icon" href="{escape(swagger_favicon_url)}">
  </head>
  <body>
    <div id="swagger-ui"></div>
    <script src="{escape(swagger_js_url)}"></script>
    <script>
    const ui = SwaggerUIBundle({{
      {option_lines}
      presets: [
        SwaggerUIBundle.presets.apis,
        SwaggerUIBundle.SwaggerUIStandalonePreset
      ],
    }});
    {started}
    </script>
  </body>
</html>
""")


_GOOGLE_FONTS = (
    '<link rel="stylesheet" '
    'href="https://fonts.googleapis.com/css?family=Montserrat:300,400,700|Roboto:300,400,700">\n    '
)


def get_redoc_html(
    *,
    openapi_url: str,
    title: str,
    redoc_js_url: str = "https://cdn.jsdelivr.net/npm/redoc@2/bundles/redoc.standalone.js",
    redoc_favicon_url: str = FAVICON_URL,
    with_google_fonts: bool = True,
) -> HTMLResponse:
    """The page that shows the document for reading, with ReDoc."""
    fonts = _GOOGLE_FONTS if with_google_fonts else ""
    return HTMLResponse(f"""<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>{escape(title)}</title>
    {fonts}<link rel="shortcut icon" href="{escape(redoc_favicon_url)}">
    <style>body {{ margin: 0; padding: 0; }}</style>
  </head>
  <body>
    <noscript>ReDoc needs JavaScript to show this documentation.</noscript>
    <redoc spec-url="{escape(openapi_url)}"></redoc>
    <script src="{escape(redoc_js_url)}"></script>
  </body>
</html>
""")


def get_scalar_html(
    *,
    openapi_url: str,
    title: str,
    scalar_js_url: str = "https://cdn.jsdelivr.net/npm/@scalar/api-reference@1",
    scalar_favicon_url: str = FAVICON_URL,
    scalar_parameters: Mapping[str, Any] | None = None,
) -> HTMLResponse:
    """The page that shows the document with Scalar; `scalar_parameters` is Scalar's configuration."""
    parameters = {"url": openapi_url, **(scalar_parameters or {})}
    return HTMLResponse(f"""<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>{escape(title)}</title>
    <link rel="shortcut icon" href="{escape(scalar_favicon_url)}">
  </head>
  <body>
    <noscript>Scalar needs JavaScript to show this documentation.</noscript>
    <div id="scalar"></div>
    <script src="{escape(scalar_js_url)}"></script>
    <script>
    Scalar.createApiReference("#scalar", {_script_json(parameters)});
    </script>
  </body>
</html>
""")


def get_swagger_ui_oauth2_redirect_html() -> HTMLResponse:
    """The page to which an authorisation server sends the browser back; it hands the answer to Swagger UI."""
    return HTMLResponse(_OAUTH2_REDIRECT)


_OAUTH2_REDIRECT = """<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>Swagger UI: OAuth2 redirect</title>
  </head>
  <body>
    <script>
    "use strict";

    function readAnswer() {
      // The implicit flow answers in the fragment, the code flow in the query.
      const inFragment = /code|token|error/.test(window.location.hash);
      const text = inFragment ? window.location.hash.slice(1).replace("?", "&") : window.location.search.slice(1);
      const answer = {};
      for (const pair of text.split("&").filter(Boolean)) {
        const at = pair.indexOf("=");
        const name = at < 0 ? pair : pair.slice(0, at);
        answer[name] = at < 0 ? "" : decodeURIComponent(pair.slice(at + 1));
      }
      return answer;
    }

    function describeFailure(answer) {
      if (!answer.error) {
        return "[Authorization failed]: no accessCode received from the server.";
      }
      const description = answer.error_description || "no accessCode received from the server";
      const link = answer.error_uri ? " More info: " + answer.error_uri : "";
      return "[" + answer.error + "]: " + description + "." + link;
    }

    function run() {
      const oauth2 = window.opener.swaggerUIRedirectOauth2;
      const redirectUrl = oauth2.redirectUrl;
      const answer = readAnswer();
      const isValid = answer.state === oauth2.state;
      const codeFlows = ["accessCode", "authorizationCode", "authorization_code"];
      const report = (level, message) => oauth2.errCb({authId: oauth2.auth.name, source: "auth", level, message});

      if (codeFlows.includes(oauth2.auth.schema.get("flow")) && !oauth2.auth.code) {
        if (!isValid) {
          report("warning", "Authorization may be unsafe: the state that came back is not the state that was sent.");
        }
        if (answer.code) {
          delete oauth2.state;
          oauth2.auth.code = answer.code;
          oauth2.callback({auth: oauth2.auth, redirectUrl});
        } else {
          report("error", describeFailure(answer));
        }
      } else {
        oauth2.callback({auth: oauth2.auth, token: answer, isValid, redirectUrl});
      }
      window.close();
    }

    if (document.readyState !== "loading") {
      run();
    } else {
      document.addEventListener("DOMContentLoaded", run);
    }
    </script>
  </body>
</html>
"""
