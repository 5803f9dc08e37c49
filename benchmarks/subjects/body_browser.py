"""This module is `body` with the twelve header fields and two cookies that a browser sends."""

from typing import Any

from benchmarks.subject import with_browser_headers
from benchmarks.subjects import body

SUBJECT = with_browser_headers(body.SUBJECT)


def fastapi() -> Any:
    return body.fastapi()


def starlette() -> Any:
    return body.starlette()


def litestar() -> Any:
    return body.litestar()


def blacksheep() -> Any:
    return body.blacksheep()
