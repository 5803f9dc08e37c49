"""This module limits how many calls of one dependency run at the same time (`Depends(max_concurrency=...)`)."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from anyio import Semaphore
    from anyio.lowlevel import RunVar


class DependencyLimit:
    """One limit, owned by one declaration; each event loop counts on its own.

    A semaphore lives as long as its declaration and its loop, whichever ends first.
    """

    def __init__(self, max_concurrency: int) -> None:
        self.max_concurrency = max_concurrency

    def get_semaphore(self) -> Semaphore:
        """The semaphore of the running event loop, made at the first call in it."""
        of_loop = _of_running_loop()
        if self not in of_loop:
            from anyio import Semaphore

            of_loop[self] = Semaphore(self.max_concurrency)
        return of_loop[self]


@cache
def _semaphores() -> RunVar[WeakKeyDictionary[DependencyLimit, Semaphore]]:
    from anyio.lowlevel import RunVar

    return RunVar("zonda_dependency_limits")


def _of_running_loop() -> WeakKeyDictionary[DependencyLimit, Semaphore]:
    semaphores = _semaphores().get(None)
    if semaphores is None:
        semaphores = WeakKeyDictionary()
        _semaphores().set(semaphores)
    return semaphores
