"""This module runs blocking code in worker threads, under FastAPI's names and with its limits."""

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from zonda.late import late_names

if TYPE_CHECKING:
    from zonda.concurrency.threadpool import (
        contextmanager_in_threadpool,
        iterate_in_threadpool,
        run_in_threadpool,
        run_until_first_complete,
    )

__all__ = [
    "asynccontextmanager",
    "contextmanager_in_threadpool",
    "iterate_in_threadpool",
    "run_in_threadpool",
    "run_until_first_complete",
]

__getattr__, __dir__ = late_names(
    __name__,
    {
        "zonda.concurrency.threadpool": (
            "contextmanager_in_threadpool iterate_in_threadpool run_in_threadpool run_until_first_complete"
        )
    },
)
