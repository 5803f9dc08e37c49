"""Streams and events leave chunk by chunk, byte for byte as written."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Annotated, Any

import pytest
from pydantic import BaseModel

from zonda import Header, Request, Zonda
from zonda.responses import FileResponse, StreamingResponse
from zonda.sse import EventSourceResponse, ServerSentEvent
from zonda.testclient import TestClient


def messages(app: Zonda, path: str = "/", headers: list[tuple[bytes, bytes]] | None = None) -> list[Any]:
    """Each message that the application sends to its server, for one GET."""

    async def ask() -> list[Any]:
        sent: list[Any] = []
        asked = False

        async def receive() -> Any:
            nonlocal asked
            if asked:
                await asyncio.Event().wait()
            asked = True
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Any) -> None:
            sent.append(message)

        scope = {
            "type": "http", "method": "GET", "path": path, "raw_path": path.encode(), "query_string": b"",
            "headers": headers or [], "root_path": "", "scheme": "http", "server": ("s", 80), "client": ("c", 1),
            "http_version": "1.1", "asgi": {"version": "3.0", "spec_version": "2.3"},
        }  # fmt: skip
        await app(scope, receive, send)
        return sent

    return asyncio.run(ask())


def chunks(sent: list[Any]) -> list[bytes]:
    return [m["body"] for m in sent if m["type"] == "http.response.body" and m["body"]]


def serve(endpoint: Callable[..., Any], **options: Any) -> Zonda:
    app = Zonda()
    app.get("/", **options)(endpoint)
    return app


def test_each_yield_is_a_chunk() -> None:
    """An async generator sends each of its items by itself, without a Content-Length, also through a middleware."""

    async def tokens() -> AsyncIterator[str]:
        for token in ("a", "b", "c"):
            yield token
            await asyncio.sleep(0)

    async def endpoint() -> StreamingResponse:
        return StreamingResponse(tokens(), media_type="text/plain")

    plain, wrapped = serve(endpoint), serve(endpoint)

    @wrapped.middleware("http")
    async def through(request: Request, call_next: Any) -> Any:
        return await call_next(request)

    for app in (plain, wrapped):
        sent = messages(app)
        assert chunks(sent) == [b"a", b"b", b"c"]
        assert b"content-length" not in dict(sent[0]["headers"])


def test_a_download_has_the_headers_given() -> None:
    """Content-Disposition, media type and a Content-Length of the user's own are sent as set."""

    async def endpoint() -> StreamingResponse:
        headers = {"Content-Disposition": "attachment; filename=users.csv", "Content-Length": "8"}
        return StreamingResponse(iter(["id,name\n"]), media_type="text/csv", headers=headers)

    response = TestClient(serve(endpoint)).get("/")

    assert response.headers["content-disposition"] == "attachment; filename=users.csv"
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    assert (response.headers["content-length"], response.text) == ("8", "id,name\n")


def test_a_sync_generator_is_iterated_in_a_thread() -> None:
    """A def generator does not run on the event loop."""
    threads: set[bool] = set()

    async def endpoint() -> StreamingResponse:
        loop_thread = threading.get_ident()

        def items() -> Iterator[bytes]:
            threads.add(threading.get_ident() == loop_thread)
            yield b"x"

        return StreamingResponse(items())

    assert TestClient(serve(endpoint)).get("/").content == b"x"
    assert threads == {False}


def test_files_answer_ranges(tmp_path: Path) -> None:
    """A file is sent with its ETag and length, and in part when a part is asked for."""
    file = tmp_path / "big.bin"
    file.write_bytes(bytes(range(256)) * 1024)
    client = TestClient(serve(lambda: FileResponse(file), response_model=None))

    whole = client.get("/")
    part = client.get("/", headers={"Range": "bytes=256-259", "If-Range": whole.headers["etag"]})

    assert whole.content == file.read_bytes()
    assert (part.status_code, part.content, part.headers["content-range"]) == (
        206, b"\x00\x01\x02\x03", "bytes 256-259/262144"
    )  # fmt: skip


def test_an_error_in_mid_stream() -> None:
    """The 200 is out already when a stream fails; the error is the server's to log."""

    async def broken() -> AsyncIterator[bytes]:
        yield b"begun"
        raise RuntimeError("in the middle")

    async def endpoint() -> StreamingResponse:
        return StreamingResponse(broken())

    app = serve(endpoint)

    with pytest.raises(RuntimeError, match="in the middle"):
        messages(app)


def test_json_lines() -> None:
    """A generator endpoint without a response class sends one JSON document a line."""

    class Item(BaseModel):
        n: int

    async def endpoint() -> AsyncIterator[Item]:
        yield Item(n=1)
        yield Item(n=2)

    sent = messages(serve(endpoint))

    assert chunks(sent) == [b'{"n":1}\n', b'{"n":2}\n']
    assert dict(sent[0]["headers"])[b"content-type"] == b"application/jsonl"


def test_events_byte_for_byte() -> None:
    """Data lines, named events and ids have the format of the standard."""

    async def endpoint() -> AsyncIterator[ServerSentEvent]:
        yield ServerSentEvent(raw_data="first\nsecond")
        yield ServerSentEvent(data={"a": 1}, event="named", id="1")

    sent = messages(serve(endpoint, response_class=EventSourceResponse))

    assert chunks(sent) == [b"data: first\ndata: second\n\n", b'event: named\ndata: {"a": 1}\nid: 1\n\n']


def test_events_have_their_headers() -> None:
    """Caches and proxies are told not to hold events back; a closing event is an event like any other."""

    async def endpoint() -> AsyncIterator[ServerSentEvent]:
        yield ServerSentEvent(raw_data="", event="close")

    sent = messages(serve(endpoint, response_class=EventSourceResponse))
    headers = dict(sent[0]["headers"])

    assert chunks(sent) == [b"event: close\ndata: \n\n"]
    assert headers[b"content-type"] == b"text/event-stream; charset=utf-8"
    assert (headers[b"cache-control"], headers[b"x-accel-buffering"]) == (b"no-cache", b"no")


def test_tokens_as_json_events() -> None:
    """Models are sent as one JSON event each."""

    class Token(BaseModel):
        token: str
        done: bool = False

    async def endpoint() -> AsyncIterator[Token]:
        yield Token(token="a")
        yield Token(token="", done=True)

    sent = messages(serve(endpoint, response_class=EventSourceResponse))

    assert chunks(sent) == [b'data: {"token":"a","done":false}\n\n', b'data: {"token":"","done":true}\n\n']


def test_a_reconnecting_reader_tells_what_it_saw() -> None:
    """Last-Event-ID is a header parameter; the stream goes on from there."""

    async def endpoint(last_event_id: Annotated[int, Header()] = 0) -> AsyncIterator[ServerSentEvent]:
        for number in range(last_event_id + 1, 4):
            yield ServerSentEvent(raw_data=str(number), id=str(number))

    client = TestClient(serve(endpoint, response_class=EventSourceResponse))

    assert client.get("/", headers={"Last-Event-ID": "2"}).text == "data: 3\nid: 3\n\n"


def test_events_end_when_the_client_leaves() -> None:
    """The generator is closed when the client leaves, and its clean-up runs."""
    log: list[str] = []

    async def endpoint() -> AsyncIterator[ServerSentEvent]:
        try:
            while True:
                yield ServerSentEvent(raw_data="tick")
                await asyncio.sleep(0)
        finally:
            log.append("closed")

    app = serve(endpoint, response_class=EventSourceResponse)

    async def ask() -> None:
        left = asyncio.Event()
        first = True

        async def receive() -> Any:
            nonlocal first
            if first:
                first = False
                return {"type": "http.request", "body": b"", "more_body": False}
            await left.wait()
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            if message.get("body"):
                left.set()

        scope = {
            "type": "http", "method": "GET", "path": "/", "raw_path": b"/", "query_string": b"", "headers": [],
            "root_path": "", "scheme": "http", "server": ("s", 80), "client": ("c", 1), "http_version": "1.1",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
        }  # fmt: skip
        await asyncio.wait_for(app(scope, receive, send), 10)

    asyncio.run(ask())

    assert log == ["closed"]
