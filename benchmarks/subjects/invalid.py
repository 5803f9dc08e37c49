"""This module is three parameters of which two are wrong: the answer names both."""

from typing import Any

from benchmarks.subject import Subject, json_answer
from benchmarks.subjects import parameters

SUBJECT = Subject(
    "422",
    "/items/x?q=shoes&limit=1000",
    json_answer(
        b'{"detail":[{"type":"int_parsing","loc":["path","item_id"],'
        b'"msg":"Input should be a valid integer, unable to parse string as an integer","input":"x"},'
        b'{"type":"less_than_equal","loc":["query","limit"],'
        b'"msg":"Input should be less than or equal to 100","input":"1000","ctx":{"le":100}}]}',
        status=422,
    ),
    own_words=frozenset({"litestar", "blacksheep", "fastify"}),
)


def fastapi() -> Any:
    return parameters.fastapi()


def litestar() -> Any:
    return parameters.litestar()


def blacksheep() -> Any:
    return parameters.blacksheep()
