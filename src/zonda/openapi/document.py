"""This module keeps the OpenAPI document of one application: generated when asked for, served as bytes."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

Schema = dict[str, Any]

_MOST_ROOT_PATHS = 16
"""How many root paths are remembered: a proxy may put any prefix in front of an application."""


def encode_document(schema: Schema, root_path: str = "") -> bytes:
    """The document as JSON, with `root_path` as the first server unless the document names it."""
    return json.dumps(
        _with_server(schema, root_path) if root_path else schema,
        ensure_ascii=False,
        allow_nan=False,
        separators=(",", ":"),
    ).encode()


def _with_server(schema: Schema, root_path: str) -> Schema:
    servers = schema.get("servers", [])
    if any(server.get("url") == root_path for server in servers):
        return schema
    return {**schema, "servers": [{"url": root_path}, *servers]}


class Document:
    """The document, made anew when the routes have changed since.

    Whoever received the dict may change it at any time, and clients then see the change, as in FastAPI. So only
    a document that nobody received is kept as bytes; one that was handed out is encoded for each request.
    """

    def __init__(self, generate: Callable[[], Schema], version: Callable[[], object]) -> None:
        self.schema: Schema | None = None
        """The dict that was handed out, or the one that the user put here."""
        self._generate = generate
        self._version = version
        self._schema_version: object = None
        self._contents: dict[str, bytes] = {}
        self._contents_version: object = None

    def read(self) -> Schema:
        """The document as a dict that stays the same object until the routes change."""
        version = self._version()
        if not self.schema or self._schema_version != version:
            self.schema = self._generate()
            self._schema_version = version
        return self.schema

    def content(self, root_path: str = "") -> bytes:
        """The document as JSON for an application that is reached under `root_path`."""
        if self.schema:
            return encode_document(self.read(), root_path)
        version = self._version()
        if not self._contents or self._contents_version != version:
            self._contents = {"": encode_document(self._generate())}
            self._contents_version = version
        content = self._contents.get(root_path)
        if content is None:
            content = encode_document(json.loads(self._contents[""]), root_path)
            if len(self._contents) < _MOST_ROOT_PATHS:
                self._contents[root_path] = content
        return content
