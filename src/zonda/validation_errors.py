"""This module lists what Pydantic found wrong, as FastAPI does, as long as somebody could read it.

A body of one MiB can be wrong in a quarter of a million places. To list them all would hold the loop up for a second a
MiB and answer with thirty times what was sent, so beyond MOST_ERRORS their number is said instead.
"""

from __future__ import annotations

from typing import Any

from pydantic_core import ValidationError

Location = tuple[str | int, ...]

MOST_ERRORS = 10_000
"""Errors of one value that are listed."""


def located_errors(error: ValidationError, location: Location) -> list[dict[str, Any]]:
    """Pydantic's errors without their links, each with where the value came from."""
    count = error.error_count()
    if count > MOST_ERRORS:
        text = f"{count} parts of the value are invalid, too many to list"
        return [{"type": "too_many_errors", "loc": location, "msg": text, "input": None}]
    return [{**item, "loc": location + item["loc"]} for item in error.errors(include_url=False)]
