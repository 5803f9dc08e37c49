"""This module compares the answers to one program, and knows the differences that are wanted."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from conformance.differential.shapes import Question

Answer = dict[str, Any]


@dataclass(frozen=True)
class Difference:
    index: int
    """Which question; -1 is the document, -2 the import, -3 the lifespan."""
    part: str
    """What differs, in words that stay the same while the program gets smaller."""
    fastapi: Any
    zonda: Any


@dataclass(frozen=True)
class Wanted:
    """A kind of difference that docs/differences.md describes."""

    name: str
    recognises: Callable[[Question, Answer, Answer], bool]


def compare(questions: Sequence[Question], fastapi: Answer, zonda: Answer, wanted: dict[str, int]) -> list[Difference]:
    """All differences; the wanted ones are counted instead."""
    if fastapi.get("died") or zonda.get("died"):
        return [] if zonda.get("died") == fastapi.get("died") else [Difference(-2, "process died", fastapi, zonda)]
    if "import_error" in fastapi or "import_error" in zonda:
        return compare_imports(fastapi, zonda)
    found = []
    for index, (question, left, right) in enumerate(zip(questions, fastapi["answers"], zonda["answers"], strict=True)):
        part = differing(left, right)
        if part is None:
            continue
        rule = next((rule for rule in WANTED if rule.recognises(question, left, right)), None)
        if rule is not None:
            wanted[rule.name] = wanted.get(rule.name, 0) + 1
            continue
        found.append(Difference(index, part, left, right))
    part = differing(fastapi["document"], zonda["document"]) if fastapi["document"] else None
    if part is not None:
        found.append(Difference(-1, f"document {part}", *documents(fastapi["document"], zonda["document"])))
    if fastapi["lifespan"] != zonda["lifespan"]:
        found.append(Difference(-3, "lifespan", fastapi["lifespan"], zonda["lifespan"]))
    return found


def compare_imports(fastapi: Answer, zonda: Answer) -> list[Difference]:
    """Messages are Zonda's own, but what `except` catches is the same."""
    theirs, ours = fastapi.get("import_error", ["none"]), zonda.get("import_error", ["none"])
    if theirs[0] in ours:
        return []
    return [Difference(-2, f"import {theirs[0]} {ours[0]}", fastapi.get("text"), zonda.get("text"))]


def differing(left: Answer, right: Answer) -> str | None:
    if left == right:
        return None
    for key in ("hangs", "status", "raised", "headers", "body", "order", "frames", "log"):
        if left.get(key) != right.get(key):
            words = [describe(key, one.get(key)) for one in (left, right)]
            return " ".join([key, *[word for word in words if word]])
    return "something"


def describe(key: str, value: Any) -> str:
    if key == "status":
        return str(value)
    if key == "raised":
        return str(value).partition(":")[0]
    return ""


def documents(left: Answer, right: Answer) -> tuple[Any, Any]:
    """The lines in which two documents differ."""
    try:
        pages = [json.dumps(json.loads(one["body"].encode("latin-1")), indent=1).splitlines() for one in (left, right)]
    except ValueError:
        return left, right
    import difflib

    diff = list(difflib.unified_diff(*pages, "FastAPI", "Zonda", lineterm="", n=6))
    return diff[:80], "the document, as a diff" if diff else "the same JSON in other bytes"


def is_client_error(question: Question, left: Answer, right: Answer) -> bool:
    """FastAPI: an error of its own while it answers something invalid; Zonda: 4xx, and nothing is raised."""
    status = right.get("status")
    own = ("UnicodeDecodeError", "UnicodeEncodeError", "ValueError: Out of range float", "RecursionError")
    return (
        str(left.get("raised")).startswith(own)
        and status is not None
        and 400 <= status < 500
        and right.get("raised") is None
    )


WANTED = (Wanted("a 500 that a client can cause is a 4xx", is_client_error),)
