"""This package runs programs written for FastAPI: the `fastapi` alias and the private names that packages import."""

from zonda.compat.alias import ImportedTooEarlyError, install, is_installed
from zonda.fastapi_version import FASTAPI_VERSION

__all__ = ["FASTAPI_VERSION", "ImportedTooEarlyError", "install", "is_installed"]
