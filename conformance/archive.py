"""This module fetches FastAPI's source archive from the package index and takes its tests out of it."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

VERSION = "0.165.0"
SHA256 = "dd94d4128319c1e1d50535ab023ab698f850a4d2822f0e181747b46f4ff3c0ab"

CACHE = Path(__file__).parent.parent / ".cache" / "conformance"
"""Ignored by git: nothing of the archive enters the repository."""

TAKEN = ("tests/", "docs_src/", "pyproject.toml", "docs/en/docs/img/favicon.png")
"""The suite, its configuration, and an image that two tests copy."""


def archive() -> Path:
    """The archive's path, downloaded once and checked each time."""
    path = CACHE / f"fastapi-{VERSION}.tar.gz"
    if not path.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "pip", "download", "-qq", "--disable-pip-version-check"]
        command += [f"fastapi=={VERSION}", "--no-binary", "fastapi", "--no-deps", "--dest", str(CACHE)]
        subprocess.run(command, check=True)
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != SHA256:
        raise SystemExit(f"{path} is not the archive that was pinned: its SHA-256 is {found}, not {SHA256}.")
    return path


def unpack(directory: Path) -> Path:
    """A fresh copy of the suite in a directory: tests, documentation sources, configuration; not the package."""
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    top = f"fastapi-{VERSION}/"
    with tarfile.open(archive()) as opened:
        for member in opened:
            member.name = member.name.removeprefix(top)
            if member.name.startswith(TAKEN):
                opened.extract(member, directory, filter="data")
    return directory
