"""This module is hello, sixteen requests in one write."""

from dataclasses import replace
from typing import Any

from benchmarks.subjects import hello

SUBJECT = replace(hello.SUBJECT, title="hello, 16 pipelined", pipelined=16)


def fastapi() -> Any:
    return hello.fastapi()


def starlette() -> Any:
    return hello.starlette()


def litestar() -> Any:
    return hello.litestar()


def blacksheep() -> Any:
    return hello.blacksheep()


def robyn() -> Any:
    return hello.robyn()


def asgi() -> Any:
    return hello.asgi()
