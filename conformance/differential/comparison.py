"""This module compares the answers to one program, and knows the differences that are wanted."""

from __future__ import annotations

import difflib
import json
import re
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


def compare(questions: Sequence[Question], answers: tuple[Answer, Answer], wanted: dict[str, int]) -> list[Difference]:
    """All differences between (FastAPI's answers, Zonda's); the wanted ones are counted instead."""
    fastapi, zonda = answers
    if fastapi.get("died") or zonda.get("died"):
        return [] if zonda.get("died") == fastapi.get("died") else [Difference(-2, "process died", fastapi, zonda)]
    if "import_error" in fastapi or "import_error" in zonda:
        return compare_imports(fastapi, zonda)
    if is_refused_at_start(fastapi, zonda):
        wanted[REFUSED] = wanted.get(REFUSED, 0) + 1
        return []
    found = []
    for index, (question, left, right) in enumerate(zip(questions, fastapi["answers"], zonda["answers"], strict=True)):
        if left == right:
            continue
        left, right = plain(left), plain(right)
        part = differing(left, right)
        if part is None:
            continue
        rule = next((rule for rule in WANTED if rule.recognises(question, left, right)), None)
        if rule is not None:
            wanted[rule.name] = wanted.get(rule.name, 0) + 1
            continue
        found.append(Difference(index, part, left, right))
    part = differing(fastapi["document"], zonda["document"]) if fastapi["document"] else None
    if part is not None and is_leak(fastapi["document"], zonda["document"]):
        wanted[LEAK] = wanted.get(LEAK, 0) + 1
    elif part is not None:
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
    for key in ("hangs", "status", "raised", "headers", "body", "order", "frames", "is_whole", "log"):
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
    diff = list(difflib.unified_diff(pages[0], pages[1], "FastAPI", "Zonda", lineterm="", n=6))
    return diff[:80], "the document, as a diff" if diff else "the same JSON in other bytes"


# Errors for developers are in Zonda's own words: their class is one of FastAPI's, and their texts begin alike.
LONGER = (
    (
        re.compile(r"SwallowedError: Response not awaited\..*?with-yield-and-except"),
        "UnboundLocalError: cannot access local variable 'response' where it is not associated with a value",
    ),
    (
        re.compile(r"FastAPIError: Response not awaited\..*?with-yield-and-except"),
        "FastAPIError: Response not awaited.",
    ),
    (re.compile(r"DependencyCycle: [^\"]*"), "RecursionError: maximum recursion depth exceeded"),
    (
        re.compile(r"RecursionError: maximum recursion depth exceeded[^\"]*"),
        "RecursionError: maximum recursion depth exceeded",
    ),
)
ADDRESS = re.compile(r"0x[0-9a-f]{6,}")


def plain(answer: Answer) -> Answer:
    """Without what is no difference: where an object lies in memory, and what an error for developers adds."""
    text = ADDRESS.sub("0x", json.dumps(answer))
    for longer, words in LONGER:
        text = longer.sub(words, text)
    result: Answer = json.loads(text)
    return result


REFUSED = "what fails at every request is refused at the start"


def is_refused_at_start(fastapi: Answer, zonda: Answer) -> bool:
    """FastAPI starts with a router that it cannot build, and then answers every request with 500."""
    error = (fastapi["document"] or {}).get("raised")
    if not error or len(zonda["lifespan"]) != 1:
        return False
    said = error.partition(": ")[2]
    return bool(said) and said in zonda["lifespan"][0] and "startup.complete" not in zonda["lifespan"][0]


LEAK = "what one field says of its schema stays its own"


def is_leak(left: Answer, right: Answer) -> bool:
    """FastAPI's document repeats next to a model what one field of that model's type says of itself."""
    try:
        theirs, ours = (json.loads(one["body"].encode("latin-1")) for one in (left, right))
    except (KeyError, ValueError):
        return False
    schemas = ours.get("components", {}).get("schemas", {})
    recursive = {model_of(name) for name, schema in schemas.items() if model_of(name) in references(schema)}
    return repeats(theirs, ours, {model: said for model, said in references(ours).items() if model in recursive})


def model_of(name: str) -> str:
    """A model's name; it may have one schema as input and one as output."""
    return name.rpartition("/")[2].removesuffix("-Input").removesuffix("-Output")


def references(value: Any) -> dict[str, list[dict[str, Any]]]:
    """Each model that is referred to, with all that is said next to the references."""
    found: dict[str, list[dict[str, Any]]] = {}
    if isinstance(value, dict) and isinstance(value.get("$ref"), str):
        found[model_of(value["$ref"])] = [{key: said for key, said in value.items() if key != "$ref"}]
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        for model, said in references(item).items():
            found.setdefault(model, []).extend(said)
    return found


def repeats(theirs: Any, ours: Any, said: dict[str, list[dict[str, Any]]]) -> bool:
    """Equal, but for what FastAPI says next to a reference, and Zonda next to another one to the same model."""
    if isinstance(theirs, list) and isinstance(ours, list) and len(theirs) == len(ours):
        return all(repeats(one, other, said) for one, other in zip(theirs, ours, strict=True))
    if not (isinstance(theirs, dict) and isinstance(ours, dict)):
        return bool(theirs == ours)
    added = {key: value for key, value in theirs.items() if key not in ours}
    elsewhere = said.get(model_of(str(theirs.get("$ref"))), [])
    if added and not any(all(one.get(key) == value for key, value in added.items()) for one in elsewhere):
        return False
    return all(key in theirs and repeats(theirs[key], item, said) for key, item in ours.items())


# The differences that are wanted, each described in docs/differences.md


CLIENT_MADE = ("UnicodeDecodeError", "UnicodeEncodeError", "ValueError: Out of range float", "RecursionError")


def is_client_error(question: Question, left: Answer, right: Answer) -> bool:
    """FastAPI fails while it reports what is invalid; Zonda says so with 4xx, and raises nothing.

    The failure may meet a handler or a middleware of the program, which writes it down.
    """
    fails = any(name in json.dumps([left.get("raised"), left.get("log")]) for name in CLIENT_MADE)
    fails_too = any(name in json.dumps([right.get("raised"), right.get("log")]) for name in CLIENT_MADE)
    return fails and not fails_too and 400 <= (right.get("status") or 0) < 500


def is_sent_all_the_same(question: Question, left: Answer, right: Answer) -> bool:
    """Numbers and bytes that JSON has no word for are sent as null and with marks, where FastAPI fails over them."""
    fails, fails_too = (
        any(name in json.dumps([one.get("raised"), one.get("log")]) for name in UNSENDABLE) for one in (left, right)
    )
    return fails and not fails_too and (right.get("status") or 500) < 500


UNSENDABLE = ("UnicodeDecodeError", "ValueError: Out of range float")


def is_unpaired(question: Question, left: Answer, right: Answer) -> bool:
    """A body with half of a surrogate pair is refused, which FastAPI hands to the endpoint."""
    if not 400 <= (right.get("status") or 0) < 500:
        return False
    body = "".join(question.chunks).encode("latin-1")
    try:
        json.dumps(json.loads(body), ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return True
    except (ValueError, RecursionError):
        return False
    return False


def is_reset_content(question: Question, left: Answer, right: Answer) -> bool:
    """A 205 has no body; FastAPI announces one, and a client that believes it waits for ever."""
    lengths = [dict(one.get("headers", ())).get("content-length") for one in (left, right)]
    rest = [
        {**one, "headers": [pair for pair in one.get("headers", ()) if pair[0] != "content-length"]}
        for one in (left, right)
    ]
    return left.get("status") == 205 and left["body"] == "" and lengths[1] == "0" != lengths[0] and rest[0] == rest[1]


def is_event_before_failure(question: Question, left: Answer, right: Answer) -> bool:
    """What a generator of events yielded before it failed is sent; on FastAPI the failure may overtake it.

    How many events are lost depends on how many steps of the loop the server takes to send one. A dependency may have
    turned the group that they fail with into another error.
    """
    seen = json.dumps([left.get("raised"), left.get("log")])
    is_stream = ["content-type", "text/event-stream; charset=utf-8"] in right.get("headers", ())
    return (
        ("ExceptionGroup" in seen or (is_stream and left.get("raised") is not None))
        and left.get("raised") == right.get("raised")
        and effects(left) == effects(right)
        and (is_left_out_of(left["body"], right["body"]) or left["status"] == 500)
    )


def is_left_out_of(rest: str, whole: str) -> bool:
    """What is left of a text when something is left out."""
    characters = iter(whole)
    return all(character in characters for character in rest)


def effects(answer: Answer) -> list[str]:
    """What the program itself wrote down, in no order."""
    return sorted(str(entry) for entry in answer["log"] if not str(entry).startswith("-- the response"))


def is_stream_order(question: Question, left: Answer, right: Answer) -> bool:
    """A stream runs ahead of who reads it; how far it is when a middleware function goes on is not promised.

    Where the middleware fails instead, nobody reads it: it may have ended by then, or not have begun.
    """
    if {**left, "log": []} != {**right, "log": []}:
        return False
    if left.get("raised") is not None and left.get("status") == 500:
        differ = set(effects(left)) ^ set(effects(right))
        return all(STREAM_STEP.fullmatch(step) for step in differ)
    if effects(left) != effects(right):
        return False
    if all(name != "content-length" for name, _ in right.get("headers") or [("content-length", "")]):
        return True
    # The middleware has put another answer in the stream's place.
    rest = [[step for step in one["log"] if not STREAM_STEP.fullmatch(str(step))] for one in (left, right)]
    return rest[0] == rest[1]


STREAM_STEP = re.compile(r"read_\d+|stream ends")
"""What an endpoint that streams writes down when it is called, and when it was read to its end."""


WANTED = (
    Wanted("a 500 that a client can cause is a 4xx", is_client_error),
    Wanted("a number that JSON has no word for is null", is_sent_all_the_same),
    Wanted("half of a surrogate pair is refused", is_unpaired),
    Wanted("a 205 announces no body", is_reset_content),
    Wanted("events are sent before a failure", is_event_before_failure),
    Wanted("a stream runs ahead of its readers", is_stream_order),
)
