"""This module is the last of a thousand routes."""

from typing import Any

from benchmarks.subject import Subject, json_answer
from benchmarks.subjects import thousand_first

SUBJECT = Subject("1,000th of 1,000 routes", "/resource999/7", json_answer(b'{"item_id":7}'))


def fastapi() -> Any:
    return thousand_first.fastapi()
