"""This module turns a request of the test client into a call of the application, and what it sends into a response."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from starlette import testclient

from zonda.testclient.conversation import Conversation
from zonda.testclient.stages import OwnLoop, Portal, Stage, is_in_event_loop

if TYPE_CHECKING:
    import httpx2 as httpx
else:
    httpx = testclient.httpx  # the one that Starlette found

_PORTS = {"http": 80, "https": 443}


class Transport(testclient._TestClientTransport):
    """Starlette's transport, which answers what ours does not: websockets, Trio, and tests that are in a loop."""

    def __init__(self, client: testclient.TestClient, starlettes: testclient._TestClientTransport) -> None:
        super().__init__(
            starlettes.app,
            portal_factory=starlettes.portal_factory,
            raise_server_exceptions=starlettes.raise_server_exceptions,
            root_path=starlettes.root_path,
            client=starlettes.client,
            app_state=starlettes.app_state,
        )
        self._owner = client
        self._portal: Portal | None = None

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        stage = self._stage() if request.url.scheme in _PORTS else None
        if stage is None:
            return super().handle_request(request)
        conversation = Conversation(self.app, self._scope(request), request.read)
        exchange = _Exchange(self, stage, conversation, sends_body=request.method != "HEAD")
        return exchange.respond(request)

    def _stage(self) -> Stage | None:
        backend, portal = self._owner.async_backend, self._owner.portal
        if backend["backend"] != "asyncio":
            return None
        if portal is not None:
            if self._portal is None or self._portal.portal is not portal:
                self._portal = Portal(portal)
            return self._portal
        has_own_factory = type(self._owner)._portal_factory is not testclient.TestClient._portal_factory
        if backend["backend_options"] or has_own_factory or is_in_event_loop():
            return None
        return OwnLoop()

    def _scope(self, request: httpx.Request) -> dict[str, Any]:
        url = request.url
        return {
            "type": "http",
            "http_version": "1.1",
            "method": request.method,
            "path": unquote(url.path),
            "raw_path": url.raw_path.split(b"?", 1)[0],
            "root_path": self.root_path,
            "scheme": url.scheme,
            "query_string": url.query,
            "headers": _header_fields(request),
            "client": self.client,
            "server": [url.raw_host.decode("ascii"), _PORTS[url.scheme] if url.port is None else url.port],
            "extensions": {"http.response.debug": {}, "http.response.trailers": {}},
            "state": self.app_state.copy(),
        }


def _header_fields(request: httpx.Request) -> list[tuple[bytes, bytes]]:
    raw = request.headers.raw
    if all(value.isascii() for _, value in raw):
        fields = [(name.lower(), value) for name, value in raw]
    else:
        fields = [(name.lower().encode(), value.encode()) for name, value in request.headers.multi_items()]
    if "host" not in request.headers:
        fields.insert(0, (b"host", request.url.netloc))
    return fields


class _Exchange(httpx.SyncByteStream):
    """One request on its stage, until its body was read or its response was closed. It is the body."""

    def __init__(self, transport: Transport, stage: Stage, conversation: Conversation, *, sends_body: bool) -> None:
        self._transport = transport
        self._stage = stage
        self._conversation = conversation
        self._sends_body = sends_body
        self._is_closed = False

    def respond(self, request: httpx.Request) -> httpx.Response:
        conversation = self._conversation
        try:
            self._stage.run(conversation.begin)
            if not conversation.has_ended:
                self._stage.go_on()
        except BaseException:
            self._end()
            raise
        if conversation.start is None:
            return self._no_response(request)
        self._transport._open_requests.add(self._abort)
        headers = [(name.decode(), value.decode()) for name, value in conversation.start.get("headers", [])]
        response = httpx.Response(conversation.start["status"], headers=headers, stream=self, request=request)
        _add_extensions(response, conversation)
        return response

    def __iter__(self) -> Iterator[bytes]:
        conversation = self._conversation
        while not self._is_closed:
            pieces = conversation.take_pieces() if conversation.has_ended else None
            pieces = pieces or self._wait_for_pieces()
            if pieces is None:
                break
            if self._sends_body:
                yield from filter(None, pieces)
        self.close()

    def close(self) -> None:
        """Wait for the application, cancelled if it has not sent everything; raises what it raised."""
        if self._is_closed:
            return
        self._end()
        error = self._conversation.error
        if error is not None and self._transport.raise_server_exceptions:
            raise error

    def _wait_for_pieces(self) -> list[bytes] | None:
        if self._conversation.has_ended:
            return None
        return self._stage.run(self._conversation.next_pieces)

    def _no_response(self, request: httpx.Request) -> httpx.Response:
        self.close()
        if self._transport.raise_server_exceptions:
            raise AssertionError("TestClient did not receive any response.")
        return httpx.Response(500, headers=[], stream=httpx.ByteStream(b""), request=request)

    def _abort(self) -> None:
        if not self._conversation.has_ended:
            self._stage.run(self._conversation.cancel)
        self.close()

    def _end(self) -> None:
        self._is_closed = True
        self._transport._open_requests.discard(self._abort)
        try:
            if not self._conversation.has_ended:
                self._stage.run(self._conversation.leave)
        finally:
            self._stage.close()


def _add_extensions(response: httpx.Response, conversation: Conversation) -> None:
    if conversation.expects_trailers:
        response.extensions["http.response.trailers"] = conversation.trailers
    debug: Any = conversation.debug
    if debug is not None:
        response.extensions["http.response.debug"] = debug
        for name in debug.keys() & {"template", "context"}:
            setattr(response, name, debug[name])
