"""This module reads parameters from the query, the headers and the cookies of a request."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl

Choices = tuple[tuple[Any, str], ...]
"""(name in the request, name in an error) of each name that a parameter goes by."""


def query_pairs(query_string: bytes) -> list[tuple[str, str]]:
    """The pairs of a query string in order, as Starlette's QueryParams reads them."""
    return parse_qsl(query_string.decode("latin-1"), keep_blank_values=True)


def parse_query(query_string: bytes) -> dict[str, str]:
    """The last value of each name."""
    if not query_string:
        return {}
    text = query_string.decode("latin-1")
    # PERF: most queries have nothing to decode; then splitting is all there is to do (benchmark `parameters`).
    if "%" not in text and "+" not in text:
        values = {}
        try:
            for pair in text.split("&"):
                name, value = pair.split("=", 1)
                values[name] = value
        except ValueError:
            pass  # a name without a value, or nothing between two ampersands
        else:
            return values
    return dict(query_pairs(query_string))


def first_headers(headers: list[tuple[bytes, bytes]]) -> dict[bytes, bytes]:
    """The first value of each name, as Starlette's Headers gives it."""
    return dict(reversed(headers))


def first_header(headers: list[tuple[bytes, bytes]], name: bytes) -> bytes | None:
    """The first value of one name.

    PERF: to look for it is cheaper than a dict of all, where no other is read (benchmark `dependencies`).
    """
    for key, value in headers:
        if key == name:
            return value
    return None


def listed(pairs: Iterable[tuple[str, str]], name: str) -> list[str]:
    """All values of a name that may be repeated."""
    return [value for key, value in pairs if key == name]


def listed_headers(headers: Iterable[tuple[bytes, bytes]], name: bytes) -> list[str]:
    return [value.decode("latin-1") for key, value in headers if key == name]


def first_choice(values: Mapping[Any, Any], choices: Choices) -> tuple[Any, str]:
    """The value under the first of several names that is present, and the name that errors speak of."""
    for name, error_name in choices:
        value = values.get(name)
        if value is not None:
            return value, error_name
    return None, choices[0][1]


def first_list(pairs: Sequence[tuple[str, str]], choices: Choices) -> tuple[list[str], str]:
    """As `first_choice`, with all values of the name."""
    for name, error_name in choices:
        found = listed(pairs, name)
        if found:
            return found, error_name
    return [], choices[0][1]


def first_header_list(headers: list[tuple[bytes, bytes]], choices: Choices) -> tuple[list[str], str]:
    for name, error_name in choices:
        found = listed_headers(headers, name)
        if found:
            return found, error_name
    return [], choices[0][1]
