"""This module holds what a subject is: a request, the one right answer to it, and who takes part."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from types import ModuleType

from benchmarks.rivals import PROGRAMS

BROWSER_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
    "Accept-Encoding": "identity",
    "Accept-Language": "en-GB,en;q=0.9,es;q=0.8",
    "Cache-Control": "max-age=0",
    "Cookie": "session=2f8a9c7be1d34f0a8c55; theme=dark",
    "DNT": "1",
    "Referer": "http://127.0.0.1:8100/",
    "Sec-Fetch-Dest": "document",
    "Sec-Fetch-Mode": "navigate",
    "Sec-Fetch-Site": "same-origin",
    "Upgrade-Insecure-Requests": "1",
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0",
}
"""Twelve, with two cookies."""


@dataclass(frozen=True)
class Answer:
    """What each contender has to answer: fields of the connection, server and date apart."""

    status: int
    body: bytes
    headers: Mapping[str, str]


def json_answer(body: bytes, status: int = 200, **headers: str) -> Answer:
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, body, {"content-type": "application/json", "content-length": str(len(body)), **fields})


@dataclass(frozen=True)
class Subject:
    title: str
    path: str
    answer: Answer
    method: str = "GET"
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    own_words: frozenset[str] = frozenset()
    """Contenders whose error has its own status, text and fields: only that it is an error is checked."""
    per_request: int = 1
    """How many of what is counted one request has."""
    unit: str = "request"
    pipelined: int = 1
    """Requests in one write."""
    numbered: str = ""
    """A field whose value is another one in each request, as a proxy's identifier is."""
    websocket: bool = False
    """What is counted are texts, sent and sent back; the answer's body is the text."""


def with_browser_headers(subject: Subject) -> Subject:
    return replace(subject, title=f"{subject.title}, from a browser", headers={**BROWSER_HEADERS, **subject.headers})


def subject_module(name: str) -> ModuleType:
    return importlib.import_module(f"benchmarks.subjects.{name}")


def subject_names() -> list[str]:
    package = importlib.import_module("benchmarks.subjects")
    return sorted(module.name for module in pkgutil.iter_modules(package.__path__))


def surroundings(name: str) -> AbstractContextManager[dict[str, str]]:
    """What a subject needs beside its server, while it is entered: gives the server's environment variables.

    Raises Unavailable where this machine has it not.
    """
    make = getattr(subject_module(name), "surroundings", None)
    return nullcontext({}) if make is None else make()


def takes_part(application: str, name: str) -> bool:
    """A contender has an application for this subject."""
    if application in PROGRAMS:
        return name in PROGRAMS[application]
    return hasattr(subject_module(name), application)
