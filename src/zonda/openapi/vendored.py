"""This module gives the vendored scripts and styles of the documentation pages to the pages that need them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

ASSETS = Path(__file__).parent / "assets"

_MEDIA_TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
}


@dataclass(frozen=True, slots=True)
class Asset:
    """One file that a page loads."""

    path: Path
    url: str
    """The address under the page's own, such as `swagger-ui-dist@5.35.0/swagger-ui.css`."""
    sha256: str

    @property
    def media_type(self) -> str:
        return _MEDIA_TYPES[self.path.suffix]


@cache
def manifest() -> dict[str, Any]:
    """What was vendored: packages with their versions, hashes, licences and files."""
    content: dict[str, Any] = json.loads((ASSETS / "manifest.json").read_text())
    return content


@cache
def asset(package: str, name: str) -> Asset:
    """The file of a package, by the names in the manifest."""
    entry = manifest()[package]
    sha256 = entry["files"][name]["sha256"]
    # The version makes the address change with the content, so that it may be kept for ever. Our own files have no
    # version of their own; their hash serves.
    version = entry.get("version", sha256[:8])
    return Asset(ASSETS / entry["folder"] / name, f"{entry['folder']}@{version}/{name}", sha256)


@cache
def asset_content(asset: Asset, *, compressed: bool) -> bytes:
    """The bytes of an asset, read once and kept. It reads a file and compresses, so it belongs in a thread."""
    content = asset.path.read_bytes()
    if not compressed:
        return content
    import gzip

    return gzip.compress(content, compresslevel=6, mtime=0)
