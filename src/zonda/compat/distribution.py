"""This module answers for the distribution `fastapi`, for packages that ask which version is installed."""

from __future__ import annotations

from importlib.metadata import Distribution
from os import PathLike
from typing import NoReturn

from zonda.fastapi_version import FASTAPI_VERSION


class AliasDistribution(Distribution):
    """What `importlib.metadata.version("fastapi")` finds while the alias is installed."""

    def read_text(self, filename: str) -> str | None:
        if filename in {"METADATA", "PKG-INFO"}:
            return f"Metadata-Version: 2.1\nName: fastapi\nVersion: {FASTAPI_VERSION}\nSummary: provided by Zonda\n"
        return None

    def locate_file(self, path: str | PathLike[str]) -> NoReturn:
        raise FileNotFoundError(f"the distribution `fastapi` is provided by Zonda and has no file {path}")
