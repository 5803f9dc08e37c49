"""This module says what a scope tells about a request, in the words of OpenTelemetry's semantic conventions."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.types import Scope

SCHEMA_URL = "https://opentelemetry.io/schemas/1.44.0"

DURATION_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0)

KNOWN_METHODS = frozenset({"CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "QUERY", "TRACE"})

_KNOWN_METHODS_VARIABLE = "OTEL_INSTRUMENTATION_HTTP_KNOWN_METHODS"

_SECRET_QUERY_KEYS = frozenset(
    {"sig", "X-Amz-Credential", "X-Amz-Security-Token", "X-Amz-Signature", "X-Goog-Signature"}
)

_DEFAULT_PORTS = {"http": 80, "ws": 80, "https": 443, "wss": 443}


def known_methods() -> frozenset[str]:
    """The methods that may become part of a span's name; the environment may replace them."""
    named = {name.strip() for name in os.environ.get(_KNOWN_METHODS_VARIABLE, "").split(",")} - {""}
    return frozenset(named) or KNOWN_METHODS


def method_attributes(method: str, known: frozenset[str]) -> dict[str, str]:
    if method in known:
        return {"http.request.method": method}
    return {"http.request.method": "_OTHER", "http.request.method_original": method}


def url_attributes(scope: Scope) -> dict[str, str]:
    attributes = {"url.path": scope["path"]}
    query = redacted_query(scope.get("query_string", b""))
    return {**attributes, "url.query": query} if query else attributes


def redacted_query(query: bytes) -> str:
    """The query without the signatures that cloud services put into it."""
    pairs = parse_qsl(query.decode("latin-1"), keep_blank_values=True)
    return urlencode([(key, "REDACTED" if key in _SECRET_QUERY_KEYS else value) for key, value in pairs])


def version_attribute(scope: Scope) -> dict[str, str]:
    version = scope.get("http_version")
    return {} if version is None else {"network.protocol.version": version}


def server_attributes(scope: Scope, headers: Mapping[str, str]) -> dict[str, Any]:
    """Where the client meant to go: the Host header, or the socket when there is none. Nothing for a malformed one."""
    host = headers.get("host")
    if host is None:
        address, port = scope.get("server") or (None, None)
    else:
        address, port = _host_and_port(host)
    if not address:
        return {}
    port = port or _DEFAULT_PORTS.get(scope.get("scheme", ""))
    return {"server.address": address, **({} if port is None else {"server.port": port})}


def _host_and_port(host: str) -> tuple[str | None, int | None]:
    try:
        parts = urlsplit(f"//{host}")
        port = parts.port
    except ValueError:
        return None, None
    is_authority = parts.netloc == host and "@" not in host
    return (parts.hostname, port) if is_authority else (None, None)
