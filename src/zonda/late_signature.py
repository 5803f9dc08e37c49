"""This module holds a signature that is worked out when somebody reads it: `help()`, an editor, a test."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any


class LateSignature(inspect.Signature):
    """What `make` returns, made at the first look at it."""

    __slots__ = ("_made", "_make")

    def __init__(self, make: Callable[[], inspect.Signature]) -> None:
        self._make = make
        self._made: inspect.Signature | None = None

    def _whole(self) -> inspect.Signature:
        if self._made is None:
            self._made = self._make()
        return self._made

    @property
    def _parameters(self) -> Any:
        return self._whole().parameters

    @property
    def _return_annotation(self) -> Any:
        return self._whole().return_annotation

    def replace(self, **changes: Any) -> Any:
        return self._whole().replace(**changes)

    __replace__ = replace

    def __reduce__(self) -> Any:
        return self._whole().__reduce__()
