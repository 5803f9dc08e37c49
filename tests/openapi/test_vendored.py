"""The assets in the package are the ones that were vendored, and their licences came with them."""

import gzip
import hashlib

from zonda.openapi.vendored import ASSETS, asset, asset_content, manifest

VERSIONS = {"swagger-ui-dist": "5.35.0", "redoc": "2.5.4", "@scalar/api-reference": "1.72.1"}


def test_every_file_has_the_hash_that_the_manifest_says() -> None:
    """A file that was changed by hand, or that nobody vendored, is found."""
    described = {
        f"{entry['folder']}/{name}": details["sha256"]
        for entry in manifest().values()
        for name, details in entry["files"].items()
    }

    found = {
        path.relative_to(ASSETS).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in ASSETS.rglob("*")
        if path.is_file() and path.name != "manifest.json"
    }

    assert found == described


def test_the_manifest_names_versions_integrity_and_licences() -> None:
    """Whoever reviews the package sees where each asset came from and what it may be used for."""
    for name, version in VERSIONS.items():
        entry = manifest()[name]

        assert entry["version"] == version
        assert entry["integrity"].startswith("sha512-")
        assert entry["licence"] in {"Apache-2.0", "MIT"}
        assert "LICENSE" in entry["files"]


def test_compressed_content_is_the_same_content() -> None:
    """What a browser unpacks is the file."""
    style = asset("swagger-ui-dist", "swagger-ui.css")

    assert gzip.decompress(asset_content(style, compressed=True)) == style.path.read_bytes()


def test_redoc_asks_its_makers_for_nothing() -> None:
    """The logo that ReDoc would load from its makers is replaced when it is vendored."""
    script = asset("redoc", "redoc.standalone.js").path.read_text()

    assert "cdn.redoc.ly" not in script
