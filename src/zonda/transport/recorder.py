"""This module records what the parser finds: each request becomes one exchange, and nothing else happens here.

The parser calls these methods in the middle of reading, so nothing that belongs to the application runs in them.
"""

from __future__ import annotations

import logging
from collections import deque
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import httptools

from zonda.transport.flow import Limits
from zonda.transport.framing import FRAMING_FIELDS, Framing, Refusal, invalid
from zonda.transport.native import NativeExchange

if TYPE_CHECKING:
    from zonda.transport.protocol import ZondaProtocol

logger = logging.getLogger("uvicorn.error")

_VERSIONS = frozenset({"1.0", "1.1"})


class RequestRecorder:
    """The parser's callbacks and what they leave: exchanges that wait, and the one whose body is being received."""

    def __init__(self, connection: ZondaProtocol, limits: Limits, root_path: str) -> None:
        self.connection = connection
        self.limits = limits
        self.root_path = root_path
        self.parser: Any = httptools.HttpRequestParser(self)
        self.waiting: deque[NativeExchange] = deque()
        """Requests whose head is complete and that were not started yet, in order."""
        self.receiving: NativeExchange | None = None
        """The request whose body has not come to its end."""
        self.latest: NativeExchange | None = None
        self.upgrade: bytes | None = None
        """The protocol that the head just read asks for, until it is decided."""
        self._url = b""
        self._headers: list[tuple[bytes, bytes]] = []
        self._kept_headers: list[tuple[bytes, bytes]] | None = None
        """The real header list of a head that is read again without its Upgrade field."""
        self._framing: Framing | None = None
        self.head_size = 0
        """Bytes of the head under way that came before the data now read."""
        self.is_head_large = False
        """The data now read may make a head larger than the limit, so it is to be measured."""

    def on_url(self, url: bytes) -> None:
        self._url = self._url + url if self._url else url

    def on_header(self, name: bytes, value: bytes) -> None:
        # After the head these are trailers: they go to a list that nobody reads.
        self._headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        url, headers = self._url, self._headers
        self._url, self._headers = b"", []
        if self._kept_headers is not None:
            headers, self._kept_headers = self._kept_headers, None
        if self.is_head_large or len(headers) > self.limits.head_fields:
            self._check_size(url, headers)
        parser = self.parser
        version = parser.get_http_version()
        framing = self._framing_of(headers, version)
        if parser.should_upgrade():
            self.upgrade = framing.upgrade or b""
            self._url, self._headers = url, headers
            return
        if url.startswith(b"/") and b"#" not in url:
            raw_path, _, query_string = url.partition(b"?")
        else:
            raw_path, query_string = _split(url)
        path = raw_path.decode("ascii")
        if "%" in path:
            path = unquote(path)
        root_path = self.root_path
        if root_path:
            path, raw_path = root_path + path, root_path.encode("ascii") + raw_path
        exchange = NativeExchange(
            self.connection,
            parser.get_method().decode("ascii"),
            raw_path,
            path,
            query_string,
            headers,
            version,
            version == "1.1" and parser.should_keep_alive(),
        )
        if framing.is_chunked:
            exchange.is_chunked = True
        if framing.expects_continue:
            exchange.expects_continue = True
            exchange.regains_keep_alive, exchange.keeps_alive = exchange.keeps_alive, False
        self.receiving = self.latest = exchange
        self.waiting.append(exchange)

    def _framing_of(self, headers: list[tuple[bytes, bytes]], version: str) -> Framing:
        """PERF: most requests of a connection carry the same framing fields, which are then compared and not read."""
        if version not in _VERSIONS:
            raise Refusal(505, "HTTP Version Not Supported", "version " + version)
        fields = [field for field in headers if field[0] in FRAMING_FIELDS]
        framing = self._framing
        if framing is None or fields != framing.fields or version != framing.version:
            framing = self._framing = Framing(fields, version)
        return framing

    def on_body(self, chunk: bytes) -> None:
        if self.receiving is not None:
            self.receiving.take(chunk)

    def on_message_complete(self) -> None:
        exchange = self.receiving
        if exchange is not None:
            exchange.end_body()
            self.receiving = None
            if self._headers:
                self._headers = []

    def feed(self, data: bytes) -> None:
        """Read what came. Raises Refusal for what must not be read any further."""
        while True:
            try:
                self.parser.feed_data(data)
            except httptools.HttpParserUpgrade as upgrade:
                rest = data[upgrade.args[0] :]
                if self.upgrade == b"websocket" and self.connection.takes_websocket():
                    self.connection.hand_over(self._join_head(self._headers) + rest)
                    return
                data = self._without_upgrade() + rest
            except httptools.HttpParserError as error:
                cause = error.__context__
                raise cause if isinstance(cause, Refusal) else invalid(str(error)) from None
            else:
                return

    def count_part(self, size: int, was_receiving: NativeExchange | None) -> None:
        """Data came that completed no head: raises Refusal when there is too much of what is no body."""
        if was_receiving is None:
            self.head_size += size
            if self.head_size > self.limits.head_size:
                raise head_too_large()
        elif was_receiving.is_chunked:
            was_receiving.fed_size += size
            received = was_receiving.received_size
            if was_receiving.fed_size - received > self.limits.head_size + 16 * received:
                raise invalid("more framing than body")

    def _without_upgrade(self) -> bytes:
        """The head for the parser to read again, without the field that made it stop before the body."""
        if not self.upgrade:
            raise invalid("method CONNECT")
        logger.warning("Unsupported upgrade request.")
        self.upgrade = None
        self._kept_headers = self._headers
        head = self._join_head([field for field in self._headers if field[0] != b"upgrade"])
        self._url, self._headers = b"", []
        return head

    def _join_head(self, headers: list[tuple[bytes, bytes]]) -> bytes:
        lines = [b"%b: %b\r\n" % field for field in headers]
        return b"".join((self.parser.get_method(), b" ", self._url, b" HTTP/1.1\r\n", *lines, b"\r\n"))

    def _check_size(self, url: bytes, headers: list[tuple[bytes, bytes]]) -> None:
        size = len(url) + sum(len(name) + len(value) + 4 for name, value in headers)
        if size > self.limits.head_size or len(headers) > self.limits.head_fields:
            raise head_too_large()


def head_too_large() -> Refusal:
    return Refusal(431, "Request Header Fields Too Large", "head too large")


def _split(url: bytes) -> tuple[bytes, bytes]:
    """The path and the query of a request target that is not simply a path: `http://host/path`, `*`."""
    parsed = httptools.parse_url(url)
    if parsed.path is None and parsed.schema is None:
        raise invalid("target without a path")
    return parsed.path or b"/", parsed.query or b""
