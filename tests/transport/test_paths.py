"""What an application answers is the same, byte for byte, natively and as an ASGI application."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from benchmarks.steps import request_bytes
from benchmarks.subject import subject_module, subject_names

from tests.compiler.pages import ROUTES
from tests.compiler.routes import router
from zonda import Request, Zonda
from zonda.routing import APIRoute
from zonda.testclient import TestClient

from .pipelines import Foreign
from .wires import Wire

PATIENCE = 30.0
ITEM = b'{"name":"cup","price":2}'
FORM = b"user=jo&age=3&name=cup&password=x"
FILE = b'--b\r\nContent-Disposition: form-data; name="image"; filename="a"\r\n\r\nabc\r\n--b--\r\n'
BODIES = {
    "no body": (b"", b""),
    "JSON": (ITEM, b"application/json"),
    "two bodies": (b'{"item":' + ITEM + b',"owner":"jo"}', b"application/json"),
    "JSON that is wrong": (b'{"name":', b"application/json"),
    "a form": (FORM, b"application/x-www-form-urlencoded"),
    "a file": (FILE, b"multipart/form-data; boundary=b"),
}
FIELDS = b"X-Token: 1\r\nX-Key: long enough\r\nCookie: session=5\r\nLast-Event-ID: 3\r\n"
QUERY = "?q=1&limit=5&it's=x&tags=a&tags=b"


def requests_to(route: APIRoute) -> Iterator[tuple[str, bytes]]:
    """Requests that fit, in parts or not at all, each with its name."""
    path = re.sub(r"\{[^}]*\}", "42", route.path)
    wrong = re.sub(r"\{[^}]*\}", "x", route.path)
    for method in [*sorted(route.methods or ()), "OPTIONS"]:
        for target, fields in ((path + QUERY, FIELDS), (path, b""), (wrong + "?limit=x", FIELDS)):
            for name, (body, kind) in BODIES.items():
                type_field = b"Content-Type: %b\r\n" % kind if kind else b""
                head = f"{method} {target} HTTP/1.1\r\nHost: a\r\nContent-Length: {len(body)}\r\n".encode()
                yield f"{method} {target} with {name}", head + fields + type_field + CLOSE + body


CLOSE = b"Connection: close\r\n\r\n"


async def answer(app: Any, request: bytes) -> bytes:
    wire = Wire(app)
    wire.send(request)
    async with asyncio.timeout(PATIENCE):
        await wire.transport.closed.wait()
    return wire.take()


def compare(app: Any, requests: Iterator[tuple[str, bytes]]) -> None:
    async def run() -> None:
        foreign = Foreign(app)
        for name, request in requests:
            native, over_asgi = await answer(app, request), await answer(foreign, request)
            assert native == over_asgi, name
            assert native.startswith(b"HTTP/1.1 "), name

    asyncio.run(run())


async def add_field(request: Request, call_next: Callable[[Request], Any]) -> Any:
    response = await call_next(request)
    response.headers["x-seen"] = request.url.path
    return response


@pytest.mark.parametrize("has_middleware", [False, True])
@pytest.mark.parametrize("name", [name for name, route in ROUTES.items() if isinstance(route, APIRoute)])
def test_each_kind_of_route(name: str, has_middleware: bool) -> None:
    """Whatever is sent to it: what fits, what does not, and nothing; with a middleware function around it, too."""
    app = Zonda()
    app.include_router(router)
    if has_middleware:
        app.middleware("http")(add_field)
    route = ROUTES[name]
    assert isinstance(route, APIRoute)

    with TestClient(app):
        compare(app, requests_to(route))


def compare_subjects() -> None:
    """For a process where `fastapi` means Zonda."""
    for name in subject_names():
        module = subject_module(name)
        if not (module.SUBJECT.websocket or hasattr(module, "surroundings")):
            request = request_bytes(module.SUBJECT).replace(b"\r\n\r\n", b"\r\n" + CLOSE, 1)
            compare(module.fastapi(), iter([(name, request)]))


def test_each_subject_of_the_benchmarks() -> None:
    """What is measured on both paths is the same answer."""
    code = f"import zonda.compat; zonda.compat.install(); from {__name__} import compare_subjects; compare_subjects()"

    subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[2], check=True)
