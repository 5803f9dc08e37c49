"""This module offers Starlette's names for status codes, such as `status.HTTP_201_CREATED`."""

from starlette import status as _status
from starlette.status import *  # noqa: F403  (all of them are offered)

__all__ = list(_status.__all__)


def __getattr__(name: str) -> int:
    # Starlette warns about its deprecated names here.
    return _status.__getattr__(name)


def __dir__() -> list[str]:
    return _status.__dir__()
