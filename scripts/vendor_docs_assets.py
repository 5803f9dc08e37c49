#!/usr/bin/env python3
"""This script puts the assets of the documentation pages into the package.

It packs the exact npm packages named below with the npm client, checks their integrity hashes, and writes the
files that the pages need to `src/zonda/openapi/assets/`, with a manifest of what each one is. Run it after
changing a version here; without a change it writes the same bytes again.

    python scripts/vendor_docs_assets.py
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ASSETS = Path(__file__).resolve().parent.parent / "src" / "zonda" / "openapi" / "assets"

EMPTY_IMAGE = "data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw=="

MIT_OF_SCALAR = """MIT License

Copyright (c) 2023-present Scalar

Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.
"""


@dataclass(frozen=True)
class Package:
    """One npm package: the version, the hash that its archive must have, and what is taken from it."""

    name: str
    version: str
    integrity: str
    licence: str
    files: tuple[str, ...]
    folder: str
    replacements: dict[str, str] = field(default_factory=dict)
    """Texts replaced in the scripts, so that they ask no other host for anything."""
    licence_text: str | None = None
    """For a package whose archive names its licence without carrying the text."""


PACKAGES = (
    Package(
        name="swagger-ui-dist",
        version="5.35.0",
        integrity="sha512-U06rpMtW9V3XPGOBeamTUSr0Z09jMX4IJuANpE/EZbAhw0G8CgwrzU4YmXkn/h0wCDNsXdGarTNNHC3sU8yVUQ==",
        licence="Apache-2.0",
        files=(
            "swagger-ui-bundle.js",
            "swagger-ui.css",
            "swagger-ui-bundle.js.LICENSE.txt",
            "LICENSE",
            "NOTICE",
        ),
        folder="swagger-ui-dist",
    ),
    Package(
        name="redoc",
        version="2.5.4",
        integrity="sha512-M6jWhG1qoBnH6TFmzJnstyCZ87HmOY/UzDm78mHiYihEdlV/YcS9ogOo1NlElnJMeLsyxHFe2yFc4sNjHTrABQ==",
        licence="MIT",
        files=("bundles/redoc.standalone.js", "bundles/redoc.standalone.js.LICENSE.txt", "LICENSE"),
        folder="redoc",
        replacements={"https://cdn.redoc.ly/redoc/logo-mini.svg": EMPTY_IMAGE},
    ),
    Package(
        name="@scalar/api-reference",
        version="1.72.1",
        integrity="sha512-XpEJ0rfc/cXbCrR+iC4kK0o/WwX2dTtGQbT049OlPKAHD6IMIFdTeGz2r+M27P2EDWKyUITRm/NzlP8z2pw/Ow==",
        licence="MIT",
        files=("dist/browser/standalone.js",),
        folder="scalar-api-reference",
        licence_text=MIT_OF_SCALAR,
    ),
)

OWN_FILES = ("zonda/favicon.svg",)
"""Files in the same folder that are made here; they are listed in the manifest with the project's licence."""

SOURCE_MAP = re.compile(rb"\n(//# sourceMappingURL=[^\n]*|/\*# sourceMappingURL=[^\n]*\*/)\s*\Z")


def pack(package: Package, folder: Path) -> bytes:
    """Let npm fetch the package's archive, and return its bytes once their hash is the recorded one."""
    npm = shutil.which("npm")
    if npm is None:
        sys.exit("npm was not found: install Node.js with npm to vendor the assets.")
    command = [npm, "pack", f"{package.name}@{package.version}", "--json", "--pack-destination", str(folder)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    (path,) = folder.glob("*.tgz")
    archive = path.read_bytes()
    path.unlink()
    found = "sha512-" + base64.b64encode(hashlib.sha512(archive).digest()).decode()
    if found != package.integrity:
        sys.exit(f"{package.name}@{package.version}: the archive's hash is {found}, not {package.integrity}.")
    return archive


def contents(package: Package, archive: bytes) -> dict[str, bytes]:
    """The files taken from the archive, by the name they get in the package's folder."""
    found: dict[str, bytes] = {}
    with tarfile.open(fileobj=io.BytesIO(archive)) as members:
        for path in package.files:
            member = members.extractfile(f"package/{path}")
            if member is None:
                sys.exit(f"{package.name}@{package.version} has no file {path}.")
            found[path.rpartition("/")[2]] = adapted(package, path, member.read())
    if package.licence_text is not None:
        found["LICENSE"] = package.licence_text.encode()
    return found


def adapted(package: Package, path: str, content: bytes) -> bytes:
    """The content without the pointer to a source map that is not served, and with the replacements made."""
    if not path.endswith((".js", ".css")):
        return content
    content = SOURCE_MAP.sub(b"\n", content)
    for old, new in package.replacements.items():
        if content.count(old.encode()) != 1:
            sys.exit(f"{package.name}@{package.version}: {path} does not have {old!r} exactly once.")
        content = content.replace(old.encode(), new.encode())
    return content


def describe(content: bytes) -> dict[str, Any]:
    return {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}


def vendor(package: Package, folder: Path) -> dict[str, Any]:
    """Write the package's files and return its entry in the manifest."""
    files = contents(package, pack(package, folder))
    target = ASSETS / package.folder
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for name, content in files.items():
        (target / name).write_bytes(content)
    entry: dict[str, Any] = {
        "version": package.version,
        "integrity": package.integrity,
        "licence": package.licence,
        "folder": package.folder,
        "files": {name: describe(content) for name, content in sorted(files.items())},
    }
    if package.replacements:
        entry["replacements"] = package.replacements
    return entry


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        manifest = {package.name: vendor(package, Path(folder)) for package in PACKAGES}
    manifest["zonda"] = {
        "licence": "MIT",
        "folder": "zonda",
        "files": {Path(name).name: describe((ASSETS / name).read_bytes()) for name in OWN_FILES},
    }
    (ASSETS / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")
    for name, entry in manifest.items():
        print(name, entry.get("version", ""), *entry["files"])


if __name__ == "__main__":
    main()
