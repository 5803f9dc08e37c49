"""This module refuses JSON with half of a surrogate pair in it (RFC 8259, section 8.2)."""

from __future__ import annotations

import json
import re

_FOUND = re.compile(
    r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(u[dD][89a-fA-F][0-9a-fA-F]{2})|.)|([\ud800-\udfff])",
    re.DOTALL,
)
"""Pairs and all other escapes are passed over; a group has matched where half of a pair was found."""


def refuse_unpaired(content: bytes) -> None:
    """Raise JSONDecodeError where a text would come out of this JSON that UTF-8 cannot hold.

    `json.loads` lets it pass, and whoever writes it down then fails: a database, a file, the response.
    """
    text = content.decode(json.detect_encoding(content), "surrogatepass")
    for found in _FOUND.finditer(text):
        if found.lastindex:
            raise json.JSONDecodeError("Unpaired surrogate", text, found.start())
