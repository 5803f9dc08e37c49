"""This module is `parameters` with the twelve header fields and two cookies that a browser sends."""

from typing import Any

from benchmarks.subject import with_browser_headers
from benchmarks.subjects import parameters

SUBJECT = with_browser_headers(parameters.SUBJECT)


def fastapi() -> Any:
    return parameters.fastapi()


def starlette() -> Any:
    return parameters.starlette()


def litestar() -> Any:
    return parameters.litestar()


def blacksheep() -> Any:
    return parameters.blacksheep()
