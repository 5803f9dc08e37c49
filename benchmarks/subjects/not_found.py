"""This module is a path that no route has."""

from typing import Any

from benchmarks.subject import Subject, json_answer
from benchmarks.subjects import hello

SUBJECT = Subject(
    "404",
    "/nothing",
    json_answer(b'{"detail":"Not Found"}', status=404),
    own_words=frozenset({"starlette", "litestar", "blacksheep", "robyn", "fastify"}),
)


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
