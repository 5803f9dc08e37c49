"""This module is `dependencies` with the twelve header fields and two cookies that a browser sends."""

from typing import Any

from benchmarks.subject import with_browser_headers
from benchmarks.subjects import dependencies

SUBJECT = with_browser_headers(dependencies.SUBJECT)


def fastapi() -> Any:
    return dependencies.fastapi()


def litestar() -> Any:
    return dependencies.litestar()
