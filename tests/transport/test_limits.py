"""What one client may ask of a connection, in bytes: every limit counts, and is answered before anything is kept."""

from __future__ import annotations

import json
from typing import Annotated, Any

import pytest

from zonda import Body, Form, Request, UploadFile, Zonda
from zonda.transport.limits import Limits
from zonda.transport.protocol import ZondaProtocol

from .pipelines import Foreign, NativeApp, asgi, echo, text
from .servers import request, serving
from .wires import converse, statuses

PATHS = pytest.mark.parametrize("make", [NativeApp, asgi], ids=["native", "asgi"])
SMALL = Limits(line_size=100, head_size=400, head_fields=5, chunk_extensions=20, parsed_body=1000)
CHUNKED = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"


def field(size: int) -> bytes:
    return b"X: " + b"y" * (size - 5) + b"\r\n"


# The head that is sent, and what is allowed: one byte or one field less passes.
HEADS = {
    "line": (414, lambda over: b"GET /" + b"x" * (86 + over) + b" HTTP/1.1\r\nHost: a\r\n\r\n"),
    "head": (431, lambda over: b"GET / HTTP/1.1\r\nHost: a\r\n" + field(373 + over) + b"\r\n"),
    "fields": (431, lambda over: b"GET / HTTP/1.1\r\nHost: a\r\n" + b"X: y\r\n" * (4 + over) + b"\r\n"),
    "extensions": (431, lambda over: CHUNKED + b"1;" + b"e" * (19 + over) + b"\r\nx\r\n0\r\n\r\n"),
    "trailers": (431, lambda over: CHUNKED + b"0\r\n" + field(400 - len(CHUNKED) + over) + b"\r\n"),
    "trailer fields": (431, lambda over: CHUNKED + b"0\r\n" + b"X: y\r\n" * (3 + over) + b"\r\n"),
}


@PATHS
@pytest.mark.parametrize(("status", "data"), HEADS.values(), ids=HEADS)
@pytest.mark.parametrize("is_cut", [False, True], ids=["whole", "in bytes"])
def test_each_limit_is_exact(make: Any, status: int, data: Any, is_cut: bool) -> None:
    """What is within the limit is served; one more is refused as JSON, and the connection closes."""

    def ask(over: int) -> tuple[bytes, bool]:
        sent = data(over)
        pieces = [sent[at : at + 1] for at in range(len(sent))] if is_cut else [sent]
        return converse(make(echo), *pieces, limits=SMALL)

    answer, is_closed = ask(0)
    assert statuses(answer) == [200]
    assert not is_closed
    answer, is_closed = ask(1)
    assert statuses(answer) == [status]
    assert b"content-type: application/json" in answer
    assert json.loads(answer.rpartition(b"\r\n\r\n")[2])["detail"]
    assert is_closed


class Small(ZondaProtocol):
    limits = SMALL


@PATHS
def test_each_limit_holds_over_a_socket(make: Any) -> None:
    """Its refusal arrives, though the client goes on sending, and nothing that follows is read."""
    following = b"GET /following HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    with serving(make(echo), http=Small) as address:
        for name, (status, data) in HEADS.items():
            assert statuses(request(address, data(0) + following)) == [200, 200], name
            assert statuses(request(address, data(1) + following * 100)) == [status], name


@PATHS
def test_the_head_counts_whole_where_its_fields_came_before(make: Any) -> None:
    """A longer first line with the fields of the request before it is within the same limits."""
    limits = Limits(line_size=300, head_size=400)
    fields = b"Host: a\r\n" + field(200) + b"\r\n"

    def ask(size: int) -> list[int]:
        line = b"GET /" + b"x" * (size - 16) + b" HTTP/1.1\r\n"
        answer, _ = converse(make(echo), b"GET / HTTP/1.1\r\n" + fields, line + fields, limits=limits)
        return statuses(answer)

    assert ask(400 - len(fields)) == [200, 200]
    assert ask(401 - len(fields)) == [200, 431]


def application(**options: Any) -> Zonda:
    app = Zonda(**options)

    @app.post("/json")
    async def take_json(body: Annotated[dict[str, Any], Body()]) -> int:
        return len(body)

    @app.post("/form")
    async def take_form(field: Annotated[str, Form()]) -> int:
        return len(field)

    @app.post("/upload")
    async def take_upload(file: UploadFile) -> int:
        return len(await file.read())

    @app.post("/stream")
    async def take_stream(request: Request) -> int:
        return sum([len(chunk) async for chunk in request.stream()])

    @app.post("/allowed", max_body_size=5000)
    async def take_more(body: Annotated[dict[str, Any], Body()]) -> int:
        return len(body)

    return app


def post(path: str, body: bytes, content_type: str, is_chunked: bool) -> bytes:
    head = f"POST {path} HTTP/1.1\r\nHost: a\r\nContent-Type: {content_type}\r\n".encode()
    if is_chunked:
        return head + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)
    return head + b"Content-Length: %d\r\n\r\n%b" % (len(body), body)


JSON = b'{"a": "' + b"x" * 2000 + b'"}'
UPLOAD = b'--b\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\n' + b"x" * 2000 + b"\r\n--b--\r\n"
BODIES = {
    "JSON": ("/json", JSON, "application/json", 413),
    "another type": ("/json", JSON, "text/plain", 413),
    "urlencoded": ("/form", b"field=" + b"x" * 2000, "application/x-www-form-urlencoded", 413),
    "an upload": ("/upload", UPLOAD, "multipart/form-data; boundary=b", 200),
    "a stream": ("/stream", b"x" * 2000, "text/plain", 200),
    "a limit of its own": ("/allowed", JSON, "application/json", 200),
}


@pytest.mark.parametrize(("path", "body", "kind", "status"), BODIES.values(), ids=BODIES)
@pytest.mark.parametrize("is_chunked", [False, True], ids=["length", "chunks"])
@pytest.mark.parametrize("wrap", [lambda app: app, Foreign], ids=["native", "asgi"])
def test_only_what_is_parsed_in_memory_is_limited(
    path: str, body: bytes, kind: str, status: int, is_chunked: bool, wrap: Any
) -> None:
    """JSON and urlencoded bodies are limited where the application sets no limit; uploads and streams are not."""
    data = post(path, body, kind, is_chunked)

    answer, _ = converse(wrap(application()), data, limits=SMALL)

    assert statuses(answer) == [status]
    if status == 413:
        assert json.loads(answer.rpartition(b"\r\n\r\n")[2]) == {"detail": "Content Too Large"}


@pytest.mark.parametrize("wrap", [lambda app: app, Foreign], ids=["native", "asgi"])
def test_a_large_body_is_refused_before_it_is_sent(wrap: Any) -> None:
    """The head says how much will come; nothing of it is awaited, and the connection closes."""
    head = b"POST /json HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 99999999\r\n\r\n"

    answer, is_closed = converse(wrap(application()), head)

    assert statuses(answer) == [413]
    assert b"connection: close" in answer
    assert is_closed


def test_the_applications_own_limit_answers_as_fastapi_does() -> None:
    """`max_body_size` of the application wins over the server's, in both directions."""
    data = post("/json", JSON, "application/json", False)

    smaller, _ = converse(application(max_body_size=500), data, limits=Limits())
    larger, _ = converse(application(max_body_size=5000), data, limits=SMALL)

    assert statuses(smaller) == [413]
    assert statuses(larger) == [200]


def test_a_client_that_sends_too_much_can_read_why() -> None:
    """The connection is not reset while the client still sends: the answer arrives."""
    head = b"POST /json HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 50000000\r\n\r\n"

    with serving(application()) as address:
        answer = request(address, head + b" " * 50_000_000)

    assert statuses(answer) == [413]


def test_a_large_body_that_nobody_wants_ends_the_connection() -> None:
    """A small rest of a body is received so that the connection can be kept; a large one is not worth it."""

    async def ignores(exchange: Any) -> Any:
        return text("done")

    small, is_closed_after_small = converse(
        NativeApp(ignores), b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n"
    )
    large, is_closed_after_large = converse(
        NativeApp(ignores), b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n"
    )

    assert (statuses(small), is_closed_after_small) == ([200], False)
    assert (statuses(large), is_closed_after_large) == ([200], True)
    assert b"connection: close" in large
