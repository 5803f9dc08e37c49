"""This module is `hello` with the twelve header fields and two cookies that a browser sends."""

from typing import Any

from benchmarks.subject import with_browser_headers
from benchmarks.subjects import hello

SUBJECT = with_browser_headers(hello.SUBJECT)


def fastapi() -> Any:
    return hello.fastapi()


def starlette() -> Any:
    return hello.starlette()


def litestar() -> Any:
    return hello.litestar()


def blacksheep() -> Any:
    return hello.blacksheep()


def asgi() -> Any:
    return hello.asgi()
