"""This module plants faults of the kinds that let a client break an application, to see that they would be found."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any
from unittest.mock import patch

from starlette import requests
from starlette.formparsers import FormParser, MultiPartParser

from zonda import validation_errors
from zonda.runtime import bodies, encoding
from zonda.transport import connection

Fault = Callable[[], AbstractContextManager[Any]]


def numbers_beyond_json_are_sent_as_they_are() -> AbstractContextManager[Any]:
    """The encoder of an answer has nothing to fall back on."""
    return patch.object(encoding, "finite", lambda value: value)


def parts_are_not_counted() -> AbstractContextManager[Any]:
    class Unlimited(MultiPartParser):
        def __init__(self, *arguments: Any, **limits: Any) -> None:
            super().__init__(*arguments, **limits)
            self.max_fields = self.max_files = float("inf")

    return patch.object(requests, "MultiPartParser", Unlimited)


def fields_are_not_counted() -> AbstractContextManager[Any]:
    class Unlimited(FormParser):
        def __init__(self, *arguments: Any, **limits: Any) -> None:
            super().__init__(*arguments, **limits)
            self.max_fields = float("inf")

    return patch.object(requests, "FormParser", Unlimited)


def a_pattern_backtracks() -> AbstractContextManager[Any]:
    found = re.compile(rb"\w+json|\w+xml|\w+text|\w+form").search
    says_json = bodies.says_json

    def says(content_type: bytes, strict: bool) -> bool:
        return found(content_type) is not None or says_json(content_type, strict)

    return patch.object(bodies, "says_json", says)


def errors_are_listed_without_end() -> AbstractContextManager[Any]:
    return patch.object(validation_errors, "MOST_ERRORS", float("inf"))


def broken_text_is_repaired() -> AbstractContextManager[Any]:
    """A decode error is swallowed, so that two readers see two different texts."""
    return patch.object(bodies, "parse_json", lambda content: json.loads(content.decode(errors="replace")))


def odd_cookies_are_an_error() -> AbstractContextManager[Any]:
    def parse(text: str) -> dict[str, str]:
        return dict(pair.strip().split("=", 1) for pair in text.split(";"))  # type: ignore[misc]

    return patch.object(connection, "cookie_parser", parse)


def depth_is_an_error() -> AbstractContextManager[Any]:
    """Only what is no JSON is refused, not what is too deep to be read."""
    return patch.object(bodies, "unreadable", lambda: RecursionError())


FAULTS: list[Fault] = [
    numbers_beyond_json_are_sent_as_they_are,
    parts_are_not_counted,
    fields_are_not_counted,
    a_pattern_backtracks,
    errors_are_listed_without_end,
    broken_text_is_repaired,
    odd_cookies_are_an_error,
    depth_is_an_error,
]
