"""This module serves one application on every server and compares what a client gets."""

from __future__ import annotations

import http.client
from pathlib import Path

import pytest

from .conftest import Running, Start

APPLICATION = """
from collections.abc import AsyncIterator
from typing import Annotated

from pydantic import BaseModel
from zonda import Cookie, Depends, File, Form, Header, HTTPException, Query, Response, Zonda
from zonda.responses import PlainTextResponse, RedirectResponse, StreamingResponse

app = Zonda()


class Item(BaseModel):
    name: str
    price: float = 1.0


@app.get("/")
async def hello() -> dict[str, str]:
    return {"hello": "world"}


@app.get("/items/{item_id}")
def read_item(item_id: int, q: Annotated[list[str], Query()] = [], agent: Annotated[str, Header()] = "none") -> dict:
    return {"id": item_id, "q": q, "agent": agent}


@app.post("/items", status_code=201)
async def write_item(item: Item, response: Response) -> Item:
    response.headers["x-name"] = item.name
    response.set_cookie("seen", "yes")
    return item


@app.post("/files")
async def write_file(file: Annotated[bytes, File()], note: Annotated[str, Form()]) -> dict[str, int | str]:
    return {"size": len(file), "note": note}


async def resource() -> AsyncIterator[str]:
    yield "open"


@app.get("/resource")
async def read_resource(state: Annotated[str, Depends(resource)], seen: Annotated[str, Cookie()] = "no") -> list[str]:
    return [state, seen]


@app.get("/stream")
async def stream() -> StreamingResponse:
    async def chunks() -> AsyncIterator[bytes]:
        for number in range(3):
            yield b"%d\\n" % number

    return StreamingResponse(chunks(), media_type="text/plain", headers={"x-kind": "stream"})


@app.get("/moved")
async def moved() -> RedirectResponse:
    return RedirectResponse("/")


@app.get("/teapot")
async def teapot() -> None:
    raise HTTPException(418, "short and stout", headers={"x-pot": "tea"})


@app.get("/nothing", status_code=204)
async def nothing() -> None:
    pass


@app.get("/text", response_class=PlainTextResponse)
def text() -> str:
    return "ü"


@app.get("/broken")
async def broken() -> None:
    raise RuntimeError
"""

SERVERS = {
    "zonda": ("zonda", "run", "main.py", "--host", "127.0.0.1", "--port", "{port}"),
    "zonda with workers": ("zonda", "run", "main.py", "--host", "127.0.0.1", "--port", "{port}", "--workers", "2"),
    "uvicorn": ("uvicorn", "main:app", "--port", "{port}"),
    "uvicorn with our protocol": (
        *("uvicorn", "main:app", "--port", "{port}"),
        *("--http", "zonda.transport.protocol:ZondaProtocol"),
    ),
    "gunicorn": (
        "gunicorn",
        "main:app",
        "--worker-class",
        "uvicorn.workers.UvicornWorker",
        "--bind",
        "127.0.0.1:{port}",
    ),
    "hypercorn": ("hypercorn", "main:app", "--bind", "127.0.0.1:{port}"),
    "granian": ("granian", "--interface", "asgi", "main:app", "--host", "127.0.0.1", "--port", "{port}"),
}

JSON = {"Content-Type": "application/json"}
MULTIPART = {"Content-Type": "multipart/form-data; boundary=cut"}
UPLOAD = (
    b'--cut\r\nContent-Disposition: form-data; name="file"; filename="a.bin"\r\n\r\n\x00\x01\x02\r\n'
    b'--cut\r\nContent-Disposition: form-data; name="note"\r\n\r\nthree\r\n--cut--\r\n'
)

REQUESTS: tuple[tuple[str, str, bytes | None, dict[str, str]], ...] = (
    ("GET", "/", None, {}),
    ("HEAD", "/", None, {}),
    ("GET", "/items/3?q=a&q=b", None, {"agent": "test"}),
    ("GET", "/items/three", None, {}),
    ("POST", "/items", b'{"name": "pen", "price": "2"}', JSON),
    ("POST", "/items", b'{"name": ', JSON),
    ("POST", "/items", b"", JSON),
    ("POST", "/files", UPLOAD, MULTIPART),
    ("GET", "/resource", None, {"Cookie": "seen=yes"}),
    ("GET", "/stream", None, {}),
    ("GET", "/moved", None, {}),
    ("GET", "/items/3/", None, {}),
    ("GET", "/teapot", None, {}),
    ("GET", "/nothing", None, {}),
    ("GET", "/text", None, {}),
    ("GET", "/broken", None, {}),
    ("GET", "/missing", None, {}),
    ("DELETE", "/items", None, {}),
    ("GET", "/openapi.json", None, {}),
    ("GET", "/docs", None, {}),
)

# A server's own: its clock, its name, what is about the connection, and how the content is cut.
OF_THE_SERVER = {"date", "server", "connection", "keep-alive", "content-length", "transfer-encoding"}

Answer = tuple[int, list[tuple[str, str]], bytes]


def ask(server: Running, method: str, target: str, body: bytes | None, headers: dict[str, str]) -> Answer:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    try:
        connection.request(method, target, body, {"Host": "shop.test", **headers})
        response = connection.getresponse()
        found = sorted((name.lower(), value) for name, value in response.getheaders())
        return response.status, [item for item in found if item[0] not in OF_THE_SERVER], response.read()
    finally:
        connection.close()


@pytest.fixture
def expected(tmp_path: Path, start: Start) -> list[Answer]:
    (tmp_path / "main.py").write_text(APPLICATION)
    server = start(*SERVERS["zonda"])
    server.answers()
    return [ask(server, *request) for request in REQUESTS]


@pytest.mark.parametrize("name", [name for name in SERVERS if name != "zonda"])
def test_every_server_gives_the_same(expected: list[Answer], start: Start, name: str) -> None:
    """The same application gives the same status, body and headers of its own on every server."""
    server = start(*SERVERS[name])
    server.answers()

    found = [ask(server, *request) for request in REQUESTS]

    for request, left, right in zip(REQUESTS, expected, found, strict=True):
        assert left == right, request
    assert [status for status, _, _ in expected][:6] == [200, 405, 200, 422, 201, 422]
